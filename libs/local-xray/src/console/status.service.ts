import { Inject, Injectable } from '@nestjs/common';
import type { ConsoleStatus } from '../console-api';
import type { ResolvedOptions } from '../options/local-xray.options';
import { LOCAL_XRAY_OPTIONS } from '../options/tokens';
import { TraceStore } from '../engine/trace-store';
import { VERSION } from '../version';

/** The status of local X-Ray itself. */
@Injectable()
export class StatusService {
  private readonly startedAt = Date.now() / 1000;
  private rate = { at: Date.now(), received: 0, perSecond: 0 };
  /** `host:port`, once it listens. */
  address: string;
  /** The other addresses that accept OTLP. */
  otlp: ConsoleStatus['otlp'] = {};
  /** Whether every address accepts data. */
  ready = false;

  constructor(
    @Inject(TraceStore) private readonly store: TraceStore,
    @Inject(LOCAL_XRAY_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.address = `${options.host}:${options.port}`;
  }

  status(): ConsoleStatus {
    const { received, rejected, traces, rejections, repaired, repairs, notListed, logs } =
      this.store.counts;
    const { waiting, lost, kernelDrops } = this.store.datagrams;
    return {
      version: VERSION,
      address: this.address,
      database: this.options.database,
      startedAt: this.startedAt,
      received,
      rejected,
      waiting,
      lost,
      kernelDrops,
      segmentsPerSecond: this.segmentsPerSecond(received),
      traces,
      strict: this.options.strict,
      rejections,
      repaired,
      repairs,
      notListed,
      logs,
      metricsDropped: this.store.metricsDropped,
      otlp: this.otlp,
      editorLink: this.options.editorLink,
      sources: this.options.sources.length > 0,
    };
  }

  /** Averaged over the time since the last call, at least a second. */
  private segmentsPerSecond(received: number): number {
    const now = Date.now();
    const seconds = (now - this.rate.at) / 1000;
    if (seconds >= 1) {
      const perSecond = Math.max(0, (received - this.rate.received) / seconds);
      this.rate = { at: now, received, perSecond: Math.round(perSecond * 10) / 10 };
    }
    return this.rate.perSecond;
  }
}

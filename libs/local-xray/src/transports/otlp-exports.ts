import { Injectable } from '@nestjs/common';
import { TraceStore } from '../engine/trace-store';
import { stored } from '../http/stored';
import type { OtlpEncoding } from '../ingest/otlp/decode-otlp';
import type { AnySignal } from '../ingest/ingest';
import { metricsAnswer, otlpAnswer } from './otlp-answer';

/** The response to an export, or what is wrong with its body. */
export type ExportOutcome = { answer: Buffer } | { problem: string };

/** Handles OTLP exports, over HTTP and gRPC. */
@Injectable()
export class OtlpExports {
  constructor(private readonly store: TraceStore) {}

  /** @throws XrayError with status 503 if the store could not write. Exporters then try again. */
  async take(signal: AnySignal, body: Uint8Array, encoding: OtlpEncoding): Promise<ExportOutcome> {
    const { problem, rejected, message } = await stored(
      this.store.ingest.otlp(signal, body, encoding),
    );
    if (problem !== undefined) return { problem };
    if (signal === 'metrics') {
      this.store.metricsDropped++;
      return { answer: metricsAnswer(encoding) };
    }
    return { answer: otlpAnswer(signal, encoding, rejected, message) };
  }
}

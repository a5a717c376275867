import { Inject, Injectable } from '@nestjs/common';
import type { SamplingReport } from '../reads/trace-reads';
import { TraceStore } from '../engine/trace-store';

export interface RuleStatistics {
  /** Epoch seconds of the last report. */
  at: number;
  requests: number;
  sampled: number;
  borrowed: number;
  /** Ids of the clients that reported in the last 30 s, in the order in which they first did. */
  clients: string[];
}

const WINDOW_SECONDS = 300;
const CLIENT_SECONDS = 30;

/** Reports of the last five minutes. Also stored in the database, so that they survive a restart. */
@Injectable()
export class SamplingStatistics {
  private reports: SamplingReport[];

  constructor(@Inject(TraceStore) private readonly store: TraceStore) {
    const oldest = now() - WINDOW_SECONDS;
    this.reports = store.samplingReports.filter(({ at }) => at > oldest);
  }

  async add(reports: SamplingReport[]): Promise<void> {
    const oldest = now() - WINDOW_SECONDS;
    this.reports = this.reports.filter(({ at }) => at > oldest);
    this.reports.push(...reports);
    await this.store.change(
      { sql: 'DELETE FROM sampling_statistics WHERE at <= ?', values: [oldest] },
      ...reports.map(({ rule, client, at, requests, sampled, borrowed }) => ({
        sql: 'INSERT INTO sampling_statistics (rule, client, at, requests, sampled, borrowed) VALUES (?, ?, ?, ?, ?, ?)',
        values: [rule, client, at, requests, sampled, borrowed],
      })),
    );
  }

  of(rule: string): RuleStatistics {
    const oldest = now() - WINDOW_SECONDS;
    const statistics: RuleStatistics = { at: 0, requests: 0, sampled: 0, borrowed: 0, clients: [] };
    const lastSeen = new Map<string, number>();
    for (const report of this.reports) {
      if (report.rule !== rule || report.at <= oldest) continue;
      statistics.at = report.at;
      statistics.requests += report.requests;
      statistics.sampled += report.sampled;
      statistics.borrowed += report.borrowed;
      lastSeen.set(report.client, report.at);
    }
    const active = now() - CLIENT_SECONDS;
    statistics.clients = [...lastSeen].filter(([, at]) => at > active).map(([client]) => client);
    return statistics;
  }
}

function now(): number {
  return Date.now() / 1000;
}

import { Injectable } from '@nestjs/common';
import { Input } from '../http/input';
import { SamplingRules } from './sampling-rules';
import type { SamplingReport } from '../reads/trace-reads';
import { SamplingStatistics } from './sampling-statistics';

/** AWS's SDKs report every ten seconds by default. */
const INTERVAL_SECONDS = 10;
const QUOTA_SECONDS = 300;
const MAX_REPORTS = 25;
const CLIENT_ID = /^[0-9a-f]{24}$/i;

/**
 * Shares each rule's reservoir among the clients that use it.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html
 */
@Injectable()
export class SamplingTargets {
  constructor(
    private readonly rules: SamplingRules,
    private readonly statistics: SamplingStatistics,
  ) {}

  /** The answer to GetSamplingTargets. */
  async targets(input: Input): Promise<object> {
    const documents = input.objects('SamplingStatisticsDocuments', MAX_REPORTS);
    if (!documents) throw input.wrong('SamplingStatisticsDocuments', 'is required');
    const reports = documents.map(readReport);
    const known = reports.filter(({ rule }) => this.rules.byName(rule));
    await this.statistics.add(known);
    return {
      SamplingTargetDocuments: known.map((report) => this.target(report)),
      // Must be an integer: Node's SDK rejects other values.
      LastRuleModification: this.rules.lastModification,
      UnprocessedStatistics: reports
        .filter((report) => !known.includes(report))
        .map(({ rule }) => ({
          RuleName: rule,
          ErrorCode: '404',
          Message: `Sampling rule does not exist: ${rule}`,
        })),
    };
  }

  private target({ rule, client, at }: SamplingReport): object {
    const { FixedRate, ReservoirSize } = this.rules.byName(rule)!.SamplingRule;
    const { clients } = this.statistics.of(rule);
    return {
      RuleName: rule,
      FixedRate,
      ReservoirQuota: quota(ReservoirSize, clients.length, clients.indexOf(client)),
      ReservoirQuotaTTL: Math.floor(at) + QUOTA_SECONDS,
      Interval: INTERVAL_SECONDS,
    };
  }
}

/** An equal share; the remainder goes to the first clients, one each. */
export function quota(reservoir: number, clients: number, place: number): number {
  const share = Math.floor(reservoir / clients);
  return place < reservoir % clients ? share + 1 : share;
}

function readReport(document: Input): SamplingReport {
  const client = document.requiredString('ClientID');
  if (!CLIENT_ID.test(client)) throw document.wrong('ClientID', 'must be 24 hexadecimal digits');
  document.requiredTime('Timestamp');
  const count = { min: 0, integer: true };
  return {
    rule: document.requiredString('RuleName', { max: 32 }),
    client,
    at: Date.now() / 1000,
    requests: document.requiredNumber('RequestCount', count),
    sampled: document.requiredNumber('SampledCount', count),
    borrowed: document.number('BorrowCount', count) ?? 0,
  };
}

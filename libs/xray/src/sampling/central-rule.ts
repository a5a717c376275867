import type { SamplingRequest } from '../core/sampler';
import { Reservoir } from './reservoir';
import { ruleMatcher } from './rule-match';
import type { Clock } from './sampling-clock';

/** A `SamplingRule` of GetSamplingRules: the fields that are used here. */
export interface RuleDocument {
  RuleName: string;
  Priority: number;
  FixedRate: number;
  ReservoirSize: number;
  ServiceName: string;
  ServiceType: string;
  Host: string;
  HTTPMethod: string;
  URLPath: string;
}

/** A `SamplingTargetDocument` of GetSamplingTargets. Times are epoch seconds. */
export interface TargetDocument {
  RuleName: string;
  FixedRate?: number;
  ReservoirQuota?: number;
  ReservoirQuotaTTL?: number;
  /** Seconds until the next statistics should be sent. */
  Interval?: number;
}

/** A `SamplingStatisticsDocument`. */
export interface StatisticsDocument {
  RuleName: string;
  ClientID: string;
  Timestamp: number;
  RequestCount: number;
  SampledCount: number;
  BorrowCount: number;
}

const INTERVAL_S = 10;

/**
 * One rule from X-Ray, with the reservoir quota assigned to this process and its counts since the
 * last report. https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sampling.html
 */
export class CentralRule {
  readonly matches: (request: SamplingRequest) => boolean;
  private readonly reservoir: Reservoir;
  private quota: number | undefined;
  private quotaExpires = 0;
  private rate: number;
  private interval = INTERVAL_S;
  private reported: number;
  private counts = { requests: 0, sampled: 0, borrowed: 0 };

  constructor(
    public document: RuleDocument,
    private readonly clock: Clock,
    private readonly random: () => number,
  ) {
    const { ServiceName, Host, HTTPMethod, URLPath } = document;
    this.matches = ruleMatcher({
      service: ServiceName,
      host: Host,
      method: HTTPMethod,
      path: URLPath,
    });
    this.rate = document.FixedRate;
    this.reservoir = new Reservoir(clock);
    this.reported = clock();
  }

  decide(): boolean {
    this.counts.requests++;
    if (this.fromReservoir()) return true;
    if (this.random() >= this.rate) return false;
    this.counts.sampled++;
    return true;
  }

  /** Takes over the quota and counts of an earlier version of the same rule. */
  inherit(earlier: CentralRule): void {
    this.quota = earlier.quota;
    this.quotaExpires = earlier.quotaExpires;
    this.interval = earlier.interval;
    this.reported = earlier.reported;
    this.counts = earlier.counts;
  }

  assign(target: TargetDocument): void {
    if (typeof target.FixedRate === 'number') this.rate = target.FixedRate;
    if (typeof target.ReservoirQuota === 'number') this.quota = target.ReservoirQuota;
    // Epoch seconds, not milliseconds. AWS's SDK for Node mistakes them for milliseconds and
    // therefore never has a quota.
    if (typeof target.ReservoirQuotaTTL === 'number') this.quotaExpires = target.ReservoirQuotaTTL;
    if (typeof target.Interval === 'number') this.interval = Math.max(1, target.Interval);
  }

  /** The statistics to send now. Undefined if there is nothing to send or it is too early. */
  report(clientId: string): StatisticsDocument | undefined {
    const now = this.clock();
    const { requests, sampled, borrowed } = this.counts;
    if (requests === 0 || now - this.reported < this.interval) return undefined;
    this.counts = { requests: 0, sampled: 0, borrowed: 0 };
    this.reported = now;
    return {
      RuleName: this.document.RuleName,
      ClientID: clientId,
      Timestamp: Math.floor(now),
      RequestCount: requests,
      SampledCount: sampled,
      BorrowCount: borrowed,
    };
  }

  /** Adds back statistics that could not be delivered. */
  restore({ RequestCount, SampledCount, BorrowCount }: StatisticsDocument): void {
    this.counts.requests += RequestCount;
    this.counts.sampled += SampledCount;
    this.counts.borrowed += BorrowCount;
  }

  /**
   * Uses the assigned quota until it expires. Without a quota, one request per second is borrowed.
   */
  private fromReservoir(): boolean {
    if (this.quota !== undefined && this.clock() < this.quotaExpires) {
      if (!this.reservoir.take(this.quota)) return false;
      this.counts.sampled++;
      return true;
    }
    if (this.document.ReservoirSize < 1 || !this.reservoir.take(1)) return false;
    this.counts.sampled++;
    this.counts.borrowed++;
    return true;
  }
}

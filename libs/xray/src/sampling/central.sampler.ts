import { randomBytes } from 'node:crypto';
import type { Sampler, SamplingRequest } from '../core/sampler';
import { reasonOf } from '../core/foreign-values';
import { type RecorderLogger, WarnOnce } from '../core/warn-once';
import type { Address } from '../net/daemon-address';
import {
  CentralRule,
  type RuleDocument,
  type StatisticsDocument,
  type TargetDocument,
} from './central-rule';
import { DEFAULT_RULES, LocalSampler } from './local.sampler';
import { askDaemon } from './sampling-client';
import { systemClock, type Clock } from './sampling-clock';
import { clearInterval, setInterval } from '../core/real-time';

const RULES_EVERY_S = 300;
const TARGETS_EVERY_S = 10;
/** How long to wait after a failed attempt. */
const RETRY_S = 30;
/** Rules that are older than this are no longer used. */
const RULES_LAST_S = 3_600;
const MAX_PAGES = 20;
/** The most that one call of GetSamplingTargets accepts. An account may have more rules. */
const MAX_REPORTS = 25;

export interface CentralSamplerOptions {
  daemon: Address;
  logger: RecorderLogger;
  /** The type of resource that runs the process, such as `AWS::ECS::Container`. */
  serviceType?: () => string | undefined;
  /** Used while no rules are known. Default: 1 request per second and 5 % of the others. */
  fallback?: Sampler;
  clock?: Clock;
  random?: () => number;
}

/**
 * Samples by the rules that the account has in X-Ray. It fetches the rules from the daemon every
 * five minutes, and the quotas of their reservoirs every ten seconds.
 */
export class CentralSampler implements Sampler {
  private readonly clientId = randomBytes(12).toString('hex');
  private readonly clock: Clock;
  private readonly fallback: Sampler;
  private rules: CentralRule[] = [];
  private fetched = -Infinity;
  private rulesDue = -Infinity;
  private targetsDue: number;
  private timer: NodeJS.Timeout | undefined;
  private busy: Promise<void> | undefined;
  private readonly warnings: WarnOnce;

  constructor(private readonly options: CentralSamplerOptions) {
    this.clock = options.clock ?? systemClock;
    this.fallback = options.fallback ?? new LocalSampler(DEFAULT_RULES, this.clock, options.random);
    this.targetsDue = this.clock() + TARGETS_EVERY_S;
    this.warnings = new WarnOnce(options.logger);
  }

  start(): void {
    void this.tick();
    this.timer = setInterval(() => void this.tick(), 1_000);
    this.timer.unref();
  }

  decide(request: SamplingRequest): { sampled: boolean; ruleName?: string } {
    if (this.clock() - this.fetched > RULES_LAST_S) return this.fallback.decide(request);
    const rule = this.rules.find(({ matches }) => matches(request));
    if (rule === undefined) return this.fallback.decide(request);
    return { sampled: rule.decide(), ruleName: rule.document.RuleName };
  }

  /** Fetches whatever is due. Never rejects. */
  tick(): Promise<void> {
    return (this.busy ??= this.ask().finally(() => (this.busy = undefined)));
  }

  close(): void {
    clearInterval(this.timer);
  }

  private async ask(): Promise<void> {
    try {
      if (this.clock() >= this.rulesDue) await this.getRules();
      if (this.rules.length > 0 && this.clock() >= this.targetsDue) await this.getTargets();
    } catch (problem) {
      this.report(problem);
    }
  }

  private async getRules(): Promise<void> {
    this.rulesDue = this.clock() + RETRY_S;
    const rules: CentralRule[] = [];
    let token: unknown;
    for (let page = 0; page < MAX_PAGES; page++) {
      const answer = await this.call('GetSamplingRules', token ? { NextToken: token } : {});
      for (const record of listOf(answer.SamplingRuleRecords)) {
        const rule = ruleIn(record, this.options.serviceType?.());
        if (rule) rules.push(new CentralRule(rule, this.clock, this.options.random ?? Math.random));
      }
      token = answer.NextToken;
      if (!token) break;
    }
    rules.sort(
      ({ document: a }, { document: b }) =>
        a.Priority - b.Priority || (a.RuleName < b.RuleName ? -1 : 1),
    );
    const known = new Map(this.rules.map((rule) => [rule.document.RuleName, rule]));
    for (const rule of rules) {
      const earlier = known.get(rule.document.RuleName);
      if (earlier) rule.inherit(earlier);
    }
    this.rules = rules;
    this.fetched = this.clock();
    this.rulesDue = this.fetched + RULES_EVERY_S;
  }

  private async getTargets(): Promise<void> {
    const reports: { rule: CentralRule; statistics: StatisticsDocument }[] = [];
    for (const rule of this.rules) {
      // The remaining rules follow a second later.
      if (reports.length === MAX_REPORTS) break;
      const statistics = rule.report(this.clientId);
      if (statistics) reports.push({ rule, statistics });
    }
    this.targetsDue = this.clock() + 1;
    if (reports.length === 0) return;
    let answer;
    try {
      const SamplingStatisticsDocuments = reports.map(({ statistics }) => statistics);
      answer = await this.call('SamplingTargets', { SamplingStatisticsDocuments });
    } catch (problem) {
      for (const { rule, statistics } of reports) rule.restore(statistics);
      this.targetsDue = this.clock() + TARGETS_EVERY_S;
      throw problem;
    }
    for (const target of listOf(answer.SamplingTargetDocuments) as unknown as TargetDocument[]) {
      this.rules.find(({ document }) => document.RuleName === target.RuleName)?.assign(target);
    }
    // Fetch rules that have changed at once rather than in five minutes.
    const modified = answer.LastRuleModification;
    if (typeof modified === 'number' && modified > this.fetched) await this.getRules();
  }

  private async call(operation: 'GetSamplingRules' | 'SamplingTargets', question: object) {
    const answer = await askDaemon(this.options.daemon, operation, question);
    return (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  }

  private report(problem: unknown): void {
    const { host, port } = this.options.daemon;
    this.warnings.warn(
      'rules',
      `Could not fetch the sampling rules from the X-Ray daemon at ${host}:${port}: ${reasonOf(problem)}. ` +
        'Until it answers, the first request of each second and 5 % of the others are recorded.',
    );
  }
}

function listOf(value: unknown): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return (value as unknown[]).filter(
    (item): item is Record<string, unknown> => typeof item === 'object' && item !== null,
  );
}

/** The rule for an entry. Undefined for a rule whose conditions a request does not have. */
function ruleIn(
  { SamplingRule: rule }: Record<string, unknown>,
  serviceType: string | undefined,
): RuleDocument | undefined {
  if (typeof rule !== 'object' || rule === null) return undefined;
  const fields = rule as Record<string, unknown>;
  const { RuleName, Priority, FixedRate, ResourceARN = '*', Attributes, ServiceType } = fields;
  if (typeof RuleName !== 'string' || typeof FixedRate !== 'number') return undefined;
  if (ResourceARN !== '*' || Object.keys(Attributes ?? {}).length > 0) return undefined;
  const type = text(ServiceType);
  if (type !== '*' && type !== serviceType) return undefined;
  return {
    RuleName,
    Priority: typeof Priority === 'number' ? Priority : 10_000,
    FixedRate,
    ReservoirSize: typeof fields.ReservoirSize === 'number' ? fields.ReservoirSize : 0,
    ServiceName: text(fields.ServiceName),
    ServiceType: type,
    Host: text(fields.Host),
    HTTPMethod: text(fields.HTTPMethod),
    URLPath: text(fields.URLPath),
  };
}

function text(value: unknown): string {
  return typeof value === 'string' && value !== '' ? value : '*';
}

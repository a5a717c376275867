import { Inject, Injectable } from '@nestjs/common';
import { samplingRuleArn } from '../http/arn';
import type { Input } from '../http/input';
import { invalidRequest, XrayError } from '../http/xray.error';
import type { ResolvedOptions } from '../options/local-xray.options';
import { LOCAL_XRAY_OPTIONS } from '../options/tokens';
import { Settings } from '../engine/settings';
import { TraceStore } from '../engine/trace-store';
import { readRule, readUpdate, type SamplingRuleRecord } from './sampling-rule';

const DEFAULT = 'Default';
/** AWS's limit, applied in strict mode. */
const MAX_RULES = 25;

/** The sampling rules, and when they last changed. */
@Injectable()
export class SamplingRules {
  private readonly rules: Settings<SamplingRuleRecord>;
  /** Epoch seconds; a client whose copy is older fetches the rules again. */
  lastModification: number;

  constructor(
    @Inject(TraceStore) store: TraceStore,
    @Inject(LOCAL_XRAY_OPTIONS) private readonly options: ResolvedOptions,
  ) {
    this.rules = new Settings<SamplingRuleRecord>(store, 'sampling-rule');
    this.lastModification = Math.max(0, ...this.all().map(({ ModifiedAt }) => ModifiedAt));
  }

  /** In the order in which they are tried: by priority, then by name; Default comes last. */
  all(): SamplingRuleRecord[] {
    const stored = this.rules.all();
    const all = this.rules.get(DEFAULT) ? stored : [...stored, this.defaultRule()];
    return all.sort(
      ({ SamplingRule: a }, { SamplingRule: b }) =>
        a.Priority - b.Priority || (a.RuleName < b.RuleName ? -1 : 1),
    );
  }

  byName(name: string): SamplingRuleRecord | undefined {
    return this.rules.get(name) ?? (name === DEFAULT ? this.defaultRule() : undefined);
  }

  byArn(arn: string): SamplingRuleRecord | undefined {
    return this.all().find(({ SamplingRule }) => SamplingRule.RuleARN === arn);
  }

  async create(input: Input, region: string): Promise<SamplingRuleRecord> {
    const rule = readRule(input);
    if (this.byName(rule.RuleName)) {
      throw invalidRequest(`There is a sampling rule ${rule.RuleName} already.`);
    }
    if (this.options.strict && this.all().length > MAX_RULES) {
      throw new XrayError('RuleLimitExceededException', `There are ${MAX_RULES} rules already.`);
    }
    const now = this.now();
    return this.put({
      SamplingRule: { ...rule, RuleARN: samplingRuleArn(region, rule.RuleName) },
      CreatedAt: now,
      ModifiedAt: now,
    });
  }

  async update(input: Input): Promise<SamplingRuleRecord> {
    const record = this.find(input);
    const changes = readUpdate(input);
    if (record.SamplingRule.RuleName === DEFAULT) {
      const fixed = Object.keys(changes).find(
        (key) => key !== 'FixedRate' && key !== 'ReservoirSize',
      );
      if (fixed) throw invalidRequest('Invalid update request for default sampling rule');
    }
    return this.put({
      ...record,
      SamplingRule: { ...record.SamplingRule, ...changes },
      ModifiedAt: this.now(),
    });
  }

  async delete(input: Input): Promise<SamplingRuleRecord> {
    const record = this.find(input);
    const { RuleName } = record.SamplingRule;
    if (RuleName === DEFAULT) throw invalidRequest('The Default sampling rule cannot be deleted.');
    await this.rules.delete(RuleName);
    this.lastModification = this.now();
    return record;
  }

  private find(input: Input): SamplingRuleRecord {
    const name = input.string('RuleName');
    const arn = input.string('RuleARN');
    if ((name === undefined) === (arn === undefined)) {
      throw invalidRequest('Give either RuleName or RuleARN.');
    }
    const record = name !== undefined ? this.byName(name) : this.byArn(arn!);
    if (!record) throw invalidRequest(`Sampling rule does not exist: ${name ?? arn}`);
    return record;
  }

  private async put(record: SamplingRuleRecord): Promise<SamplingRuleRecord> {
    await this.rules.put(record.SamplingRule.RuleName, record);
    this.lastModification = record.ModifiedAt;
    return record;
  }

  /** In whole seconds, and later than the last change, so that clients notice every change. */
  private now(): number {
    return Math.max(Math.floor(Date.now() / 1000), this.lastModification + 1);
  }

  /** AWS's default rate would drop most traces of local traffic, so the local default records all. */
  private defaultRule(): SamplingRuleRecord {
    const all = this.options.defaultSampling === 'all';
    return {
      SamplingRule: {
        RuleName: DEFAULT,
        RuleARN: samplingRuleArn('us-east-1', DEFAULT),
        ResourceARN: '*',
        Priority: 10000,
        FixedRate: all ? 1 : 0.05,
        ReservoirSize: 1,
        ServiceName: '*',
        ServiceType: '*',
        Host: '*',
        HTTPMethod: '*',
        URLPath: '*',
        Version: 1,
        Attributes: {},
      },
      CreatedAt: 0,
      ModifiedAt: 0,
    };
  }
}

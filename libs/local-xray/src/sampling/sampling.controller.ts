import { Body, Controller, Get, Headers } from '@nestjs/common';
import type { IncomingHttpHeaders } from 'node:http';
import { regionOf } from '../http/arn';
import { Input } from '../http/input';
import { page } from '../http/page';
import { Tags } from '../tags/tags';
import type { SamplingOverview } from '../console-api';
import { SamplingRules } from './sampling-rules';
import { SamplingStatistics } from './sampling-statistics';
import { SamplingTargets } from './sampling-targets';
import { Operation } from '../http/operation.decorator';

/** Sampling rules, the reports of clients, and the targets they get. */
@Controller()
export class SamplingController {
  constructor(
    private readonly rules: SamplingRules,
    private readonly statistics: SamplingStatistics,
    private readonly targets: SamplingTargets,
    private readonly tags: Tags,
  ) {
    tags.ownedBy((arn) => rules.byArn(arn) !== undefined);
  }

  @Operation('GetSamplingRules')
  getSamplingRules(@Body() body: Buffer | undefined): object {
    const { items, NextToken } = page(this.rules.all(), Input.parse(body).string('NextToken'));
    return { SamplingRuleRecords: items, NextToken };
  }

  @Operation('SamplingTargets')
  getSamplingTargets(@Body() body: Buffer | undefined): Promise<object> {
    return this.targets.targets(Input.parse(body));
  }

  @Operation('SamplingStatisticSummaries')
  getSamplingStatisticSummaries(@Body() body: Buffer | undefined): object {
    const all = this.rules.all().flatMap(({ SamplingRule: { RuleName } }) => {
      const { at, requests, sampled, borrowed } = this.statistics.of(RuleName);
      if (at === 0) return [];
      const counts = { RequestCount: requests, BorrowCount: borrowed, SampledCount: sampled };
      return [{ RuleName, Timestamp: at, ...counts }];
    });
    const { items, NextToken } = page(all, Input.parse(body).string('NextToken'));
    return { SamplingStatisticSummaries: items, NextToken };
  }

  @Operation('CreateSamplingRule')
  async createSamplingRule(
    @Body() body: Buffer | undefined,
    @Headers() headers: IncomingHttpHeaders,
  ): Promise<object> {
    const input = Input.parse(body);
    const tags = this.tags.read(input);
    const record = await this.rules.create(input.requiredObject('SamplingRule'), regionOf(headers));
    if (tags) await this.tags.add(record.SamplingRule.RuleARN, tags);
    return { SamplingRuleRecord: record };
  }

  @Operation('UpdateSamplingRule')
  async updateSamplingRule(@Body() body: Buffer | undefined): Promise<object> {
    const update = Input.parse(body).requiredObject('SamplingRuleUpdate');
    return { SamplingRuleRecord: await this.rules.update(update) };
  }

  @Operation('DeleteSamplingRule')
  async deleteSamplingRule(@Body() body: Buffer | undefined): Promise<object> {
    const record = await this.rules.delete(Input.parse(body));
    await this.tags.forget(record.SamplingRule.RuleARN);
    return { SamplingRuleRecord: record };
  }

  @Get('console/sampling')
  overview(): SamplingOverview {
    const rules = this.rules.all().map(({ SamplingRule: rule, ModifiedAt }) => {
      const { requests, sampled, borrowed, clients } = this.statistics.of(rule.RuleName);
      return {
        name: rule.RuleName,
        priority: rule.Priority,
        fixedRate: rule.FixedRate,
        reservoirSize: rule.ReservoirSize,
        serviceName: rule.ServiceName,
        serviceType: rule.ServiceType,
        host: rule.Host,
        httpMethod: rule.HTTPMethod,
        urlPath: rule.URLPath,
        resourceArn: rule.ResourceARN,
        attributes: rule.Attributes,
        modifiedAt: ModifiedAt,
        requests,
        sampled,
        borrowed,
        clients: clients.length,
      };
    });
    return { rules };
  }
}

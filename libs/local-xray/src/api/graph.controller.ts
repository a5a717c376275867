import { Body, Controller, Get, Inject, Query } from '@nestjs/common';
import { numberOf, textOf } from '../console/query-string';
import type { ResolvedOptions } from '../local-xray.options';
import { type Filter, type GraphService, readEntitySelector } from '../query';
import { LOCAL_XRAY_OPTIONS } from '../server/tokens';
import { Input } from './input';
import { Operation } from './operation.decorator';
import { type Page, page } from './page';
import { TraceQuery } from './trace-query';
import { invalidRequest } from './xray.error';

const MAX_STRICT_SECONDS = 6 * 3600;
const PAGE = 1000;

interface Window {
  from: number;
  to: number;
}

/** Services and the calls between them, as a graph and over time. */
@Controller()
export class GraphController {
  constructor(
    private readonly query: TraceQuery,
    @Inject(LOCAL_XRAY_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  @Operation('ServiceGraph')
  async getServiceGraph(@Body() body: Buffer | undefined): Promise<object> {
    const input = Input.parse(body);
    const window = this.window(input);
    const services = await this.graph(window, this.groupOf(input));
    return graphAnswer(window, page(services, input.string('NextToken'), PAGE));
  }

  @Operation('TraceGraph')
  async getTraceGraph(@Body() body: Buffer | undefined): Promise<object> {
    const input = Input.parse(body);
    const ids = input.requiredStrings('TraceIds', 1000);
    await this.query.store.ingest.flush();
    const services = this.query.statistics.traceGraph(ids);
    const { items, NextToken } = page(services, input.string('NextToken'), PAGE);
    return { Services: items, NextToken };
  }

  @Operation('TimeSeriesServiceStatistics')
  async getTimeSeriesServiceStatistics(@Body() body: Buffer | undefined): Promise<object> {
    const input = Input.parse(body);
    const window = this.window(input);
    const period = input.number('Period') ?? 60;
    if (period !== 60 && period !== 300) throw input.wrong('Period', 'must be 60 or 300');
    input.boolean('ForecastStatistics');
    const expression = input.string('EntitySelectorExpression', { min: 1, max: 500 });
    const selector = this.query.explain(() => readEntitySelector(expression));
    const filter = this.groupOf(input);
    await this.query.store.ingest.flush();
    const series = await this.query.statistics.timeSeries({ ...window, filter }, selector, period);
    const { items, NextToken } = page(series, input.string('NextToken'), PAGE);
    return { TimeSeriesServiceStatistics: items, ContainsOldGroupVersions: false, NextToken };
  }

  /** The graph of the traces that a filter finds, in the form of GetServiceGraph. */
  @Get('console/graph')
  async getGraph(@Query() query: Record<string, unknown>): Promise<object> {
    const window = { from: numberOf(query, 'start', 0), to: numberOf(query, 'end', 1e11) };
    const filter = this.query.filter(
      textOf(query, 'filter') || undefined,
      textOf(query, 'group') || undefined,
    );
    return graphAnswer(window, { items: await this.graph(window, filter) });
  }

  private async graph(window: Window, filter: Filter): Promise<GraphService[]> {
    await this.query.store.ingest.flush();
    return this.query.statistics.serviceGraph({ ...window, filter });
  }

  private window(input: Input): Window {
    const from = input.requiredTime('StartTime');
    const to = input.requiredTime('EndTime');
    if (from > to) throw input.wrong('EndTime', 'must not be before StartTime');
    if (this.options.strict && to - from > MAX_STRICT_SECONDS) {
      throw invalidRequest('Time range cannot be longer than 6 hours');
    }
    return { from, to };
  }

  private groupOf(input: Input): Filter {
    return this.query.filter(undefined, input.string('GroupARN') ?? input.string('GroupName'));
  }
}

function graphAnswer({ from, to }: Window, { items, NextToken }: Page<GraphService>): object {
  return {
    StartTime: from,
    EndTime: to,
    Services: items,
    ContainsOldGroupVersions: false,
    NextToken,
  };
}

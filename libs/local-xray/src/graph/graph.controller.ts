import { Body, Controller, Get, Inject, Query } from '@nestjs/common';
import { numberOf, textOf } from '../http/query-string';
import type { ResolvedOptions } from '../options/local-xray.options';
import type { GraphService } from '../query';
import type { TraceSelection } from '../reads/trace-reads';
import { LOCAL_XRAY_OPTIONS } from '../options/tokens';
import { TraceStore } from '../engine/trace-store';
import { Abandoned } from '../http/abandoned.decorator';
import { Input } from '../http/input';
import { Operation } from '../http/operation.decorator';
import { type Page, page } from '../http/page';
import { invalidRequest } from '../http/xray.error';

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
    private readonly store: TraceStore,
    @Inject(LOCAL_XRAY_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  @Operation('ServiceGraph')
  async getServiceGraph(
    @Body() body: Buffer | undefined,
    @Abandoned() signal: AbortSignal,
  ): Promise<object> {
    const input = Input.parse(body);
    const window = this.window(input);
    const services = await this.store.reads.graph({ ...window, ...groupOf(input) }, signal);
    return graphAnswer(window, page(services, input.string('NextToken'), PAGE));
  }

  @Operation('TraceGraph')
  async getTraceGraph(
    @Body() body: Buffer | undefined,
    @Abandoned() signal: AbortSignal,
  ): Promise<object> {
    const input = Input.parse(body);
    const ids = input.requiredStrings('TraceIds', 1000);
    const services = await this.store.reads.traceGraph(ids, signal);
    const { items, NextToken } = page(services, input.string('NextToken'), PAGE);
    return { Services: items, NextToken };
  }

  @Operation('TimeSeriesServiceStatistics')
  async getTimeSeriesServiceStatistics(
    @Body() body: Buffer | undefined,
    @Abandoned() signal: AbortSignal,
  ): Promise<object> {
    const input = Input.parse(body);
    const window = this.window(input);
    const period = input.number('Period') ?? 60;
    if (period !== 60 && period !== 300) throw input.wrong('Period', 'must be 60 or 300');
    input.boolean('ForecastStatistics');
    const selector = input.string('EntitySelectorExpression', { min: 1, max: 500 });
    const series = await this.store.reads.series(
      { ...window, ...groupOf(input), selector, period },
      signal,
    );
    const { items, NextToken } = page(series, input.string('NextToken'), PAGE);
    return { TimeSeriesServiceStatistics: items, ContainsOldGroupVersions: false, NextToken };
  }

  /** The graph of the traces that a filter finds, in the form of GetServiceGraph. */
  @Get('console/graph')
  async getGraph(
    @Query() query: Record<string, unknown>,
    @Abandoned() signal: AbortSignal,
  ): Promise<object> {
    const window = { from: numberOf(query, 'start', 0), to: numberOf(query, 'end', 1e11) };
    const filter = textOf(query, 'filter') || undefined;
    const group = textOf(query, 'group') || undefined;
    const items = await this.store.reads.graph({ ...window, filter, group }, signal);
    return graphAnswer(window, { items });
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
}

function groupOf(input: Input): Pick<TraceSelection, 'group'> {
  return { group: input.string('GroupARN') ?? input.string('GroupName') };
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

import { Body, Controller, Header, Inject } from '@nestjs/common';
import type { ResolvedOptions } from '../options/local-xray.options';
import { LOCAL_XRAY_OPTIONS } from '../options/tokens';
import { TraceStore } from '../engine/trace-store';
import { Abandoned } from '../http/abandoned.decorator';
import { Input } from '../http/input';
import { TraceSummaries } from './trace-summaries';
import { Operation } from '../http/operation.decorator';

/** The operations of the X-Ray API that return traces. */
@Controller()
export class TracesController {
  constructor(
    private readonly store: TraceStore,
    private readonly summaries: TraceSummaries,
    @Inject(LOCAL_XRAY_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** BatchGetTraces. https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html */
  @Operation('Traces')
  async batchGetTraces(
    @Body() body: Buffer | undefined,
    @Abandoned() signal: AbortSignal,
  ): Promise<object> {
    const ids = Input.parse(body).requiredStrings('TraceIds', this.options.strict ? 5 : 100);
    const wanted = [...new Set(ids)];
    const found = await this.store.reads.documents(wanted, signal);
    const known = new Set(found.map(({ id }) => id));
    return {
      Traces: found.map(({ id, duration, full, segments }) => ({
        Id: id,
        Duration: duration,
        LimitExceeded: full,
        Segments: segments,
      })),
      UnprocessedTraceIds: wanted.filter((id) => !known.has(id)),
    };
  }

  @Operation('TraceSummaries')
  @Header('Content-Type', 'application/json')
  getTraceSummaries(
    @Body() body: Buffer | undefined,
    @Abandoned() signal: AbortSignal,
  ): Promise<string> {
    return this.summaries.find(Input.parse(body), signal);
  }
}

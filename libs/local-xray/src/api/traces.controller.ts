import { Body, Controller, Header, Inject } from '@nestjs/common';
import type { ResolvedOptions } from '../local-xray.options';
import { LOCAL_XRAY_OPTIONS } from '../server/tokens';
import { TraceStore } from '../store/trace-store';
import { Input } from './input';
import { segmentsOf } from './segments-of';
import { TraceSummaries } from './trace-summaries';
import { Operation } from './operation.decorator';

/** Traces out. */
@Controller()
export class TracesController {
  constructor(
    private readonly store: TraceStore,
    private readonly summaries: TraceSummaries,
    @Inject(LOCAL_XRAY_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /** BatchGetTraces. https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html */
  @Operation('Traces')
  async batchGetTraces(@Body() body: Buffer | undefined): Promise<object> {
    const ids = Input.parse(body).requiredStrings('TraceIds', this.options.strict ? 5 : 100);
    return this.store.read((reader) => {
      const traces: object[] = [];
      const unknown: string[] = [];
      for (const id of new Set(ids)) {
        const found = reader.texts(id);
        if (!found) {
          unknown.push(id);
          continue;
        }
        traces.push({
          Id: id,
          Duration: found.duration,
          LimitExceeded: false,
          Segments: segmentsOf(found.texts),
        });
      }
      return { Traces: traces, UnprocessedTraceIds: unknown };
    });
  }

  @Operation('TraceSummaries')
  @Header('Content-Type', 'application/json')
  getTraceSummaries(@Body() body: Buffer | undefined): Promise<string> {
    return this.summaries.find(Input.parse(body));
  }
}

import { Body, Controller, Header, Inject, StreamableFile } from '@nestjs/common';
import type { ResolvedOptions } from '../options/local-xray.options';
import { LOCAL_XRAY_OPTIONS } from '../options/tokens';
import { TraceStore } from '../engine/trace-store';
import { Abandoned } from '../http/abandoned.decorator';
import { Input } from '../http/input';
import { documentsQuery } from './documents-query';
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

  /**
   * BatchGetTraces. Large traces are sent in several pages, each as the bytes that a reader thread produced.
   * https://docs.aws.amazon.com/xray/latest/api/API_BatchGetTraces.html
   */
  @Operation('Traces')
  @Header('Content-Type', 'application/json')
  async batchGetTraces(
    @Body() body: Buffer | undefined,
    @Abandoned() signal: AbortSignal,
  ): Promise<StreamableFile> {
    const input = Input.parse(body);
    const given = input.requiredStrings('TraceIds', this.options.strict ? 5 : 100);
    const query = documentsQuery(given, input.string('NextToken'));
    return new StreamableFile(await this.store.bytes.documents(query, signal));
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

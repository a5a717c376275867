import { randomUUID } from 'node:crypto';
import { Body, Controller } from '@nestjs/common';
import { TraceStore } from '../engine/trace-store';
import { Abandoned } from '../http/abandoned.decorator';
import { Input } from '../http/input';
import { XrayError } from '../http/xray.error';
import { Operation } from '../http/operation.decorator';
import { documentsQuery } from './documents-query';

interface Retrieval {
  traceIds: string[];
  cancelled: boolean;
}

/** How many retrievals are remembered. The oldest are forgotten first. */
const MAX_RETRIEVALS = 100;

/** Retrieves traces by id in two steps, as Transaction Search does. Here the first step completes at once. */
@Controller()
export class TraceRetrievalController {
  private readonly retrievals = new Map<string, Retrieval>();

  constructor(private readonly store: TraceStore) {}

  @Operation('StartTraceRetrieval')
  start(@Body() body: Buffer | undefined): object {
    const input = Input.parse(body);
    input.requiredTime('StartTime');
    input.requiredTime('EndTime');
    const traceIds = input.requiredStrings('TraceIds', 100);
    const RetrievalToken = randomUUID();
    this.retrievals.set(RetrievalToken, { traceIds, cancelled: false });
    if (this.retrievals.size > MAX_RETRIEVALS) {
      const [oldest] = this.retrievals.keys();
      this.retrievals.delete(oldest!);
    }
    return { RetrievalToken };
  }

  @Operation('CancelTraceRetrieval')
  cancel(@Body() body: Buffer | undefined): object {
    this.find(Input.parse(body)).cancelled = true;
    return {};
  }

  @Operation('ListRetrievedTraces')
  async list(@Body() body: Buffer | undefined, @Abandoned() signal: AbortSignal): Promise<object> {
    const input = Input.parse(body);
    const retrieval = this.find(input);
    const format = input.oneOf('TraceFormat', ['XRAY', 'OTEL']) ?? 'XRAY';
    if (format === 'OTEL') throw input.wrong('TraceFormat', 'can be XRAY only in local X-Ray');
    if (retrieval.cancelled)
      return { RetrievalStatus: 'CANCELLED', TraceFormat: format, Traces: [] };
    const query = documentsQuery(retrieval.traceIds, input.string('NextToken'));
    const { Traces, NextToken } = await this.store.reads.documents(query, signal);
    return {
      RetrievalStatus: 'COMPLETE',
      TraceFormat: format,
      Traces: Traces.map(({ Id, Duration, Segments }) => ({ Id, Duration, Spans: Segments })),
      ...(NextToken !== undefined && { NextToken }),
    };
  }

  @Operation('GetRetrievedTracesGraph')
  async graph(@Body() body: Buffer | undefined, @Abandoned() signal: AbortSignal): Promise<object> {
    const { cancelled, traceIds } = this.find(Input.parse(body));
    if (cancelled) return { RetrievalStatus: 'CANCELLED', Services: [] };
    const services = await this.store.reads.traceGraph(traceIds, signal);
    return {
      RetrievalStatus: 'COMPLETE',
      Services: services.map((Service) => ({ Service, Links: [] })),
    };
  }

  private find(input: Input): Retrieval {
    const token = input.requiredString('RetrievalToken');
    const retrieval = this.retrievals.get(token);
    if (retrieval) return retrieval;
    throw new XrayError(
      'ResourceNotFoundException',
      `There is no retrieval ${token.slice(0, 80)}. Start one with StartTraceRetrieval.`,
    );
  }
}

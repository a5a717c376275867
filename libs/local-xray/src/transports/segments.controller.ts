import type { DocumentFault } from '../ingest/document/document-fault';
import { Body, Controller } from '@nestjs/common';
import { TraceStore } from '../engine/trace-store';
import { Input } from '../http/input';
import { stored } from '../http/stored';
import { invalidRequest } from '../http/xray.error';
import { Operation } from '../http/operation.decorator';

/** Receives segment documents. https://docs.aws.amazon.com/xray/latest/api/API_PutTraceSegments.html */
@Controller()
export class SegmentsController {
  constructor(private readonly store: TraceStore) {}

  /** Responds when the documents are durable. */
  @Operation('TraceSegments')
  async putTraceSegments(@Body() body: Buffer | undefined): Promise<object> {
    const { faults, problem } = await stored(
      this.store.ingest.putTraceSegments(body ?? Buffer.alloc(0)),
    );
    if (problem !== undefined) throw invalidRequest(problem);
    return { UnprocessedTraceSegments: faults.map(unprocessed) };
  }

  /** Statistics that a daemon reports about itself. They are accepted but not stored. */
  @Operation('TelemetryRecords')
  putTelemetryRecords(@Body() body: Buffer | undefined): object {
    const input = Input.parse(body);
    if (!input.has('TelemetryRecords')) throw input.wrong('TelemetryRecords', 'is required');
    input.objects('TelemetryRecords')?.forEach((record) => record.requiredTime('Timestamp'));
    return {};
  }
}

function unprocessed({ id, code, message, field }: DocumentFault): object {
  const what = /^subsegments\[/.test(field) ? 'subsegment' : 'segment';
  return {
    Id: id,
    ErrorCode: code,
    Message: `Invalid ${what}. ErrorCode: ${code}, Cause: ${message}`,
  };
}

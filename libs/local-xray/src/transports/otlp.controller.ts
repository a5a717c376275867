import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { otlpAnswer, otlpDropped, otlpError } from './otlp-answer';
import type { OtlpEncoding } from '../ingest/otlp/read-otlp';
import { TraceStore } from '../engine/trace-store';
import { stored } from '../http/stored';
import { XrayError } from '../http/xray.error';

/** Spans in. https://opentelemetry.io/docs/specs/otlp/#otlphttp */
@Controller()
export class OtlpController {
  constructor(private readonly store: TraceStore) {}

  /** Exporters that are given one endpoint for all send these too, and would report errors without end. */
  @Post(['v1/metrics', 'v1/logs'])
  drop(@Headers('content-type') type: string | undefined, @Res() response: Response): void {
    const encoding = encodingOf(type);
    const reason = 'Local X-Ray keeps traces only: metrics and logs are dropped.';
    response
      .status(200)
      .type(encoding === 'json' ? 'application/json' : 'application/x-protobuf')
      .send(otlpDropped(encoding, reason));
  }

  @Post('v1/traces')
  async export(
    @Body() body: Buffer | undefined,
    @Headers('content-type') type: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    const encoding = encodingOf(type);
    const { problem, rejected, message } = await stored(
      this.store.ingest.otlp(body ?? Buffer.alloc(0), encoding),
    );
    response
      .status(problem === undefined ? 200 : 400)
      .type(encoding === 'json' ? 'application/json' : 'application/x-protobuf')
      .send(
        problem === undefined
          ? otlpAnswer(encoding, rejected, message)
          : otlpError(encoding, problem),
      );
  }
}

function encodingOf(type: string | undefined): OtlpEncoding {
  const name = type?.split(';')[0]!.trim().toLowerCase();
  if (name === 'application/json') return 'json';
  if (name === 'application/x-protobuf') return 'protobuf';
  throw new XrayError(
    'UnsupportedMediaType',
    'OTLP is taken as application/json or application/x-protobuf.',
  );
}

import { Body, Controller, Headers, Post, Res } from '@nestjs/common';
import type { Response } from 'express';
import { XrayError } from '../http/xray.error';
import type { OtlpEncoding } from '../ingest/otlp/decode-otlp';
import { otlpError } from './otlp-answer';
import { OtlpExports } from './otlp-exports';

/** OTLP over HTTP. https://opentelemetry.io/docs/specs/otlp/#otlphttp */
@Controller('v1')
export class OtlpController {
  constructor(private readonly exports: OtlpExports) {}

  @Post('traces')
  traces(
    @Body() body: Buffer | undefined,
    @Headers('content-type') type: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    return this.take('traces', body, type, response);
  }

  @Post('logs')
  logs(
    @Body() body: Buffer | undefined,
    @Headers('content-type') type: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    return this.take('logs', body, type, response);
  }

  /** Accepts metrics: exporters with one endpoint for all signals send them too, and would keep reporting errors. */
  @Post('metrics')
  metrics(
    @Body() body: Buffer | undefined,
    @Headers('content-type') type: string | undefined,
    @Res() response: Response,
  ): Promise<void> {
    return this.take('metrics', body, type, response);
  }

  private async take(
    signal: 'traces' | 'logs' | 'metrics',
    body: Buffer = Buffer.alloc(0),
    type: string | undefined,
    response: Response,
  ): Promise<void> {
    const encoding = encodingOf(type);
    const outcome = await this.exports.take(signal, body, encoding);
    const refused = 'problem' in outcome;
    response
      .status(refused ? 400 : 200)
      .type(encoding === 'json' ? 'application/json' : 'application/x-protobuf')
      .send(refused ? otlpError(encoding, outcome.problem) : outcome.answer);
  }
}

function encodingOf(type: string | undefined): OtlpEncoding {
  const name = type?.split(';')[0]!.trim().toLowerCase();
  if (name === 'application/json') return 'json';
  if (name === 'application/x-protobuf') return 'protobuf';
  const what = name === undefined ? 'missing' : JSON.stringify(name.slice(0, 100));
  throw new XrayError(
    'UnsupportedMediaType',
    `Cannot read this OTLP export: its Content-Type is ${what}. Send application/json or application/x-protobuf.`,
  );
}

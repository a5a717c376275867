import {
  type ArgumentsHost,
  Catch,
  type ExceptionFilter,
  HttpException,
  Logger,
} from '@nestjs/common';
import type { Response } from 'express';
import { XrayError, type XrayErrorName } from './xray.error';

/** Responds to every error in the format from which AWS's clients create typed exceptions. */
@Catch()
export class XrayErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('LocalXray');

  catch(thrown: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const error = this.xrayError(thrown);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response
      .status(error.status)
      .setHeader('x-amzn-ErrorType', error.name)
      .type('application/json')
      .send(JSON.stringify({ __type: error.name, Message: error.message, ...error.details }));
  }

  private xrayError(thrown: unknown): XrayError {
    if (thrown instanceof XrayError) return thrown;
    const ofRead = errorOfRead((thrown ?? {}) as Error);
    if (ofRead) return ofRead;
    const status = statusOf(thrown);
    const message = thrown instanceof Error ? thrown.message : 'unknown error';
    if (status !== undefined && status < 500)
      return new XrayError(NAMES[status] ?? 'InvalidRequestException', message);
    this.logger.error(thrown instanceof Error ? (thrown.stack ?? message) : message);
    return new XrayError('InternalFailure', `Local X-Ray could not answer: ${message}`);
  }
}

/** Errors from a reader's thread are recognised by name. */
function errorOfRead(error: Error): XrayError | undefined {
  switch (error.name) {
    case 'FilterSyntaxError': {
      const { position, length, expected } = error as Error & Record<string, unknown>;
      const details = { position, length, expected };
      return new XrayError('InvalidRequestException', error.message, details);
    }
    case 'UnknownGroupError':
      return new XrayError('InvalidRequestException', error.message);
    case 'ThreadEndedError':
      return new XrayError('ServiceUnavailableException', `${error.message}. Try again.`);
    case 'AbortError':
      return new XrayError('ServiceUnavailableException', 'The client went before the answer.');
  }
  return undefined;
}

const NAMES: Record<number, XrayErrorName> = {
  403: 'AccessDeniedException',
  404: 'UnknownOperationException',
  413: 'RequestEntityTooLarge',
  415: 'UnsupportedMediaType',
};

/** Nest's exceptions and those of the body parser have the status in different properties. */
function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const status = (thrown as { status?: unknown } | null)?.status;
  return typeof status === 'number' ? status : undefined;
}

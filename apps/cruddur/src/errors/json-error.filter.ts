import { ArgumentsHost, Catch, HttpException, Logger, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { XrayService } from 'nestjs-xray';
import { describeError } from './describe-error';

/** Responds to every error in JSON, with its trace id, and logs the server's own errors. */
@Catch()
export class JsonErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger('Errors');

  constructor(protected readonly xray: XrayService) {}

  catch(exception: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const { status, body, retryAfterS } = describeError(exception);
    if (status >= 500 && !(exception instanceof HttpException)) this.log(exception);
    if (response.headersSent) {
      response.destroy();
      return;
    }
    if (retryAfterS !== undefined) response.setHeader('Retry-After', retryAfterS);
    const { traceId } = this.xray;
    response.status(status).json(Array.isArray(body) ? body : { ...body, traceId });
  }

  protected log(exception: unknown): void {
    const error = exception instanceof Error ? exception : new Error(String(exception));
    this.logger.error(`${error.message} (trace ${this.xray.traceId ?? 'none'})`, error.stack);
  }
}

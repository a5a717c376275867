import { Inject, Injectable, type NestMiddleware } from '@nestjs/common';
import type { NextFunction, Request, Response } from 'express';
import { XrayService } from 'nestjs-xray';
import { CRUDDUR_CONFIG, type CruddurConfig } from '../cruddur.config';
import { traceUrl } from './trace-url';

/**
 * Adds two headers to every response: `X-Trace-Id`, and `X-Trace-Url` with the trace's page.
 * A middleware, so that a 404 and malformed JSON have them too.
 */
@Injectable()
export class TraceLinkMiddleware implements NestMiddleware {
  constructor(
    private readonly xray: XrayService,
    @Inject(CRUDDUR_CONFIG) private readonly config: CruddurConfig,
  ) {}

  use(_request: Request, response: Response, next: NextFunction): void {
    const { traceId } = this.xray;
    if (traceId !== undefined) {
      response.setHeader('X-Trace-Id', traceId);
      response.setHeader('X-Trace-Url', traceUrl(this.config.viewerUrl, traceId));
    }
    next();
  }
}

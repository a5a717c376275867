import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** What the article's service records of its request. */
export interface RequestSummary {
  method: string;
  /** Absolute, without the query string, where secrets tend to be. */
  url: string;
}

/** Gives a handler the {@link RequestSummary} of its request. */
export const RequestSummaryOf = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<Request>();
  const [path = '/'] = request.originalUrl.split('?');
  return {
    method: request.method,
    url: `${request.protocol}://${request.headers.host ?? 'localhost'}${path}`,
  } satisfies RequestSummary;
});

import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** The facts about a request that the article's service records. */
export interface RequestSummary {
  method: string;
  /** Absolute, without the query string, since that may contain secrets. */
  url: string;
}

/** Injects the {@link RequestSummary} of the request into a handler's parameter. */
export const RequestSummaryOf = createParamDecorator((_: unknown, context: ExecutionContext) => {
  const request = context.switchToHttp().getRequest<Request>();
  const [path = '/'] = request.originalUrl.split('?');
  return {
    method: request.method,
    url: `${request.protocol}://${request.headers.host ?? 'localhost'}${path}`,
  } satisfies RequestSummary;
});

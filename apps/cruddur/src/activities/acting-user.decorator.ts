import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** The header with the acting user's handle. The demo has no passwords, so it proves nothing. */
export const ACTING_USER_HEADER = 'x-cruddur-user';

/** The acting user when the header is missing; the bootcamp hard-codes the same user. */
const DEFAULT_USER = 'andrewbrown';

/** The handle in the header of `request`, without an `@`; `andrewbrown` if the header is missing. */
export function actingUserOf(request: Request): string {
  const header = request.headers[ACTING_USER_HEADER];
  const text = (Array.isArray(header) ? header[0] : header) ?? DEFAULT_USER;
  return text.trim().replace(/^@/, '');
}

/** Injects the acting user's handle into a handler's parameter. */
export const ActingUser = createParamDecorator((_: unknown, context: ExecutionContext) =>
  actingUserOf(context.switchToHttp().getRequest<Request>()),
);

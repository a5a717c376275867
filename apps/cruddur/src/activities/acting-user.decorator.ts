import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { Request } from 'express';

/** The header by which the page says who acts. The demo has no passwords: this is a name, not a proof. */
export const ACTING_USER_HEADER = 'x-cruddur-user';

/** Who acts when the header is missing, as in the bootcamp, where the user is written into the code. */
const DEFAULT_USER = 'andrewbrown';

/** The handle in the header of `request`, without an `@`; `andrewbrown` when there is none. */
export function actingUserOf(request: Request): string {
  const header = request.headers[ACTING_USER_HEADER];
  const text = (Array.isArray(header) ? header[0] : header) ?? DEFAULT_USER;
  return text.trim().replace(/^@/, '');
}

/** Gives a handler the handle of the user who acts. */
export const ActingUser = createParamDecorator((_: unknown, context: ExecutionContext) =>
  actingUserOf(context.switchToHttp().getRequest<Request>()),
);

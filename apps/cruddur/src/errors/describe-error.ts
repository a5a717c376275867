import { HttpException, HttpStatus } from '@nestjs/common';
import type { HealthCheckResult } from '@nestjs/terminus';
import { STATUS_CODES } from 'node:http';
import { types } from 'node:util';
import { isDatabaseUnavailable } from '../database/database.errors';

/** The response to an error. */
export interface ErrorDescription {
  status: number;
  /** The bootcamp's plain list of codes for invalid input, an object for everything else. */
  body: string[] | HealthCheckResult | { statusCode: number; error: string; message: string };
  retryAfterS?: number;
}

/** Converts any thrown value to a response, without details of internal errors. */
export function describeError(exception: unknown): ErrorDescription {
  if (exception instanceof HttpException) {
    const response = exception.getResponse();
    const status = exception.getStatus();
    if (Array.isArray(response)) return { status, body: response as string[] };
    if (isHealthCheckResult(response)) return { status, body: response };
    return described(status, exception.message);
  }
  if (isDatabaseUnavailable(exception)) {
    return {
      ...described(
        HttpStatus.SERVICE_UNAVAILABLE,
        'Cruddur cannot reach its database at the moment. Nothing is lost: try again in a few seconds.',
      ),
      retryAfterS: 1,
    };
  }
  if (isClientError(exception)) return described(exception.status, exception.message);
  return described(
    HttpStatus.INTERNAL_SERVER_ERROR,
    'Something went wrong in Cruddur. The trace shows what.',
  );
}

function described(status: number, message: string): ErrorDescription {
  return { status, body: { statusCode: status, error: STATUS_CODES[status] ?? 'Error', message } };
}

/** Terminus throws its result, with an entry for each health indicator. */
function isHealthCheckResult(response: unknown): response is HealthCheckResult {
  return typeof response === 'object' && response !== null && 'details' in response;
}

/** Errors of Express and its body parser: a body that is too large, a path that cannot be decoded. */
function isClientError(exception: unknown): exception is { status: number; message: string } {
  if (!types.isNativeError(exception)) return false;
  const { status, expose } = exception as { status?: unknown; expose?: unknown };
  return typeof status === 'number' && status >= 400 && status < 500 && expose !== false;
}

import type { NextFunction, Request, Response } from 'express';
import { XrayError } from './xray.error';

/** What the body parser throws. https://github.com/expressjs/body-parser#errors */
interface BodyError {
  type?: unknown;
  /** An error of zlib. */
  code?: unknown;
  message: string;
  limit?: unknown;
  encoding?: unknown;
}

/**
 * Names the reason why a body could not be read, and what to do. It must come directly after the body parser, because
 * Nest passes only the message of its errors on.
 */
export function explainBodyError(
  error: BodyError,
  request: Request,
  _response: Response,
  next: NextFunction,
): void {
  next(bodyError(error, request) ?? error);
}

function bodyError(error: BodyError, { method, path, headers }: Request): XrayError | undefined {
  const what = `Cannot read the body of ${method} ${path.slice(0, 200)}`;
  if (error.type === 'entity.too.large') {
    const limit = `${Math.floor(Number(error.limit) / 2 ** 20)} MiB`;
    return new XrayError(
      'RequestEntityTooLarge',
      `${what}: it is larger than ${limit}, the limit, which also applies after decompression. Send fewer documents in each request.`,
    );
  }
  const encoding = String(headers['content-encoding']).slice(0, 50);
  if (error.type === 'encoding.unsupported') {
    return new XrayError(
      'UnsupportedMediaType',
      `${what}: its Content-Encoding is ${encoding}, which is not supported. Use gzip, deflate or br, or send it uncompressed.`,
    );
  }
  if (typeof error.code === 'string' && /^(Z_|ERR_*BROTLI|ERR__ERROR)/.test(error.code)) {
    return new XrayError(
      'InvalidRequestException',
      `${what}: its Content-Encoding is ${encoding}, but it is not valid ${encoding} (${error.message}). Compress it again, or send it without Content-Encoding.`,
    );
  }
  return undefined;
}

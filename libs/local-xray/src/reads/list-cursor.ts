import type { Cursor } from '../query';

/** A place in a list as clients pass it back; opaque to them. */
export function writeCursor({ at, n }: Cursor): string {
  return Buffer.from(JSON.stringify([at, n])).toString('base64url');
}

/** Undefined when it was not written by {@link writeCursor}. */
export function readCursor(text: string): Cursor | undefined {
  try {
    const [at, n] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    const isPlace = typeof at === 'string' || Number.isFinite(at);
    return isPlace && Number.isInteger(n) ? ({ at, n } as Cursor) : undefined;
  } catch {
    return undefined;
  }
}

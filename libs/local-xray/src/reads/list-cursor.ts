import type { Cursor } from '../query';

/** A position in a list, which clients pass back unchanged. */
export function writeCursor({ at, n }: Cursor): string {
  return Buffer.from(JSON.stringify([at, n])).toString('base64url');
}

/** Returns undefined for text that {@link writeCursor} did not produce. */
export function readCursor(text: string): Cursor | undefined {
  try {
    const [at, n] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as unknown[];
    const isPlace = typeof at === 'string' || Number.isFinite(at);
    return isPlace && Number.isInteger(n) ? ({ at, n } as Cursor) : undefined;
  } catch {
    return undefined;
  }
}

import { invalidRequest } from './xray.error';

export interface Page<T> {
  items: T[];
  /** Absent on the last page: with an empty token, AWS's clients would never stop. */
  NextToken?: string;
}

/** Returns a page of a list in memory. The token contains the start of the next page. */
export function page<T>(items: readonly T[], token: string | undefined, size = 100): Page<T> {
  const from = token === undefined ? 0 : Number(readToken(token, 'list'));
  if (!Number.isInteger(from) || from < 0) throw badToken();
  const next = from + size;
  return {
    items: items.slice(from, next),
    ...(next < items.length && { NextToken: writeToken('list', String(next)) }),
  };
}

/** Tokens are opaque to clients; `purpose` prevents the use of a token for another operation. */
export function writeToken(purpose: string, position: string): string {
  return Buffer.from(`${purpose} ${position}`).toString('base64url');
}

/** @throws XrayError when the token was not created for this purpose. */
export function readToken(token: string, purpose: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith(`${purpose} `)) throw badToken();
  return text.slice(purpose.length + 1);
}

export function badToken(): Error {
  return invalidRequest('NextToken is not one that this operation gave. Start again without it.');
}

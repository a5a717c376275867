import { invalidRequest } from './xray.error';

export interface Page<T> {
  items: T[];
  /** Absent on the last page; AWS's clients would go on for ever on an empty one. */
  NextToken?: string;
}

/** A page of a list that is in memory. The token says where the next one starts. */
export function page<T>(items: readonly T[], token: string | undefined, size = 100): Page<T> {
  const from = token === undefined ? 0 : Number(readToken(token, 'list'));
  if (!Number.isInteger(from) || from < 0) throw badToken();
  const next = from + size;
  return {
    items: items.slice(from, next),
    ...(next < items.length && { NextToken: writeToken('list', String(next)) }),
  };
}

/** Tokens are opaque to clients; `purpose` keeps one operation's from being given to another. */
export function writeToken(purpose: string, position: string): string {
  return Buffer.from(`${purpose} ${position}`).toString('base64url');
}

/** @throws XrayError when it was not written for this purpose. */
export function readToken(token: string, purpose: string): string {
  const text = Buffer.from(token, 'base64url').toString('utf8');
  if (!text.startsWith(`${purpose} `)) throw badToken();
  return text.slice(purpose.length + 1);
}

export function badToken(): Error {
  return invalidRequest('NextToken is not one that this operation gave. Start again without it.');
}

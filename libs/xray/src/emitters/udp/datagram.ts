/** The line before each document. One document per datagram is the daemon's rule. */
export const HEADER = '{"format":"json","version":1}\n';

/** A document with the line before it, as text or as the bytes that are sent. */
export type Datagram = string | Buffer;

/** The document in `datagram`, without the line before it. */
export function documentIn(datagram: Datagram): string {
  return typeof datagram === 'string'
    ? datagram.slice(HEADER.length)
    : datagram.toString('utf8', HEADER.length);
}

/** Whether `text` has at most `maxBytes` in UTF-8, where a UTF-16 unit has one to three. */
export function fits(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return false;
  return text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes;
}

/** The line before each document. The daemon accepts one document per datagram. */
export const HEADER = '{"format":"json","version":1}\n';

/** A document with its header line, as text or as the bytes to send. */
export type Datagram = string | Buffer;

/** The document in `datagram`, without the header line. */
export function documentIn(datagram: Datagram): string {
  return typeof datagram === 'string'
    ? datagram.slice(HEADER.length)
    : datagram.toString('utf8', HEADER.length);
}

/** Whether `text` has at most `maxBytes` in UTF-8. A UTF-16 unit takes one to three bytes. */
export function fits(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return false;
  return text.length * 3 <= maxBytes || Buffer.byteLength(text) <= maxBytes;
}

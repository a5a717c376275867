import type { DocumentFault } from './document/document-fault';

/** The document in a datagram, or the reason why it could not be read. */
export type Datagram = { ok: true; text: string } | { ok: false; fault: DocumentFault };

const NEWLINE = 10;
const MAX_HEADER = 256;

/**
 * Splits a datagram as the X-Ray daemon does: a JSON header, a newline, one document.
 *
 * Python's SDK writes the header with spaces, Node's without, so it is read as
 * JSON. `format` must be `json` in upper or lower case, and `version` must be 1.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-api-sendingdata.html#xray-api-daemon
 */
export function parseDatagram(datagram: Uint8Array): Datagram {
  const bytes = Buffer.from(datagram.buffer, datagram.byteOffset, datagram.byteLength);
  const newline = bytes.subarray(0, MAX_HEADER).indexOf(NEWLINE);
  if (newline < 0) return refuse('the header line is missing: {"format": "json", "version": 1}');
  let header: unknown;
  try {
    header = JSON.parse(bytes.toString('latin1', 0, newline));
  } catch {
    return refuse('the header line is not JSON; it should be {"format": "json", "version": 1}');
  }
  const { format, version } = (header ?? {}) as { format?: unknown; version?: unknown };
  if (typeof format !== 'string' || format.toLowerCase() !== 'json' || version !== 1) {
    return refuse('the header line must say {"format": "json", "version": 1}');
  }
  const body = bytes.subarray(newline + 1);
  if (body.length === 0) return refuse('there is no document after the header line');
  // Invalid UTF-8 becomes replacement characters: a header value in Latin-1 must not cost the trace.
  return { ok: true, text: body.toString('utf8') };
}

function refuse(why: string): Datagram {
  return { ok: false, fault: { code: 'ParseError', field: '', message: `UDP datagram: ${why}` } };
}

import { validateHeaderValue, type OutgoingMessage } from 'node:http';

/** Node keeps the head of a message as text once it is written; fields without documentation, but as old as Node. */
interface Written {
  _header?: string | null;
  _headerSent?: boolean;
  /** What waits for a connection. */
  outputData?: { data: unknown }[];
}

/** A header in the head of `message` that Node has written, where it keeps those that were not set one by one. */
export function writtenHeader(message: OutgoingMessage, name: string): string | undefined {
  const { _header: head } = message as Written;
  if (typeof head !== 'string') return undefined;
  const start = head.toLowerCase().indexOf(`\r\n${name}: `);
  if (start < 0) return undefined;
  const from = start + name.length + 4;
  return head.slice(from, head.indexOf('\r\n', from));
}

/**
 * Adds a header to a head that is written but has not left. Node writes that of a request at once
 * where its headers are given as an array, and with `Expect: 100-continue`, when it also puts it
 * in line for the connection.
 */
export function addWrittenHeader(message: OutgoingMessage, name: string, value: string): void {
  const written = message as Written;
  const { _header: head, _headerSent: inLine, outputData: line } = written;
  if (typeof head !== 'string' || !head.endsWith('\r\n\r\n')) return;
  const [first] = inLine ? (line ?? []) : [];
  if (inLine && first?.data !== head) return;
  validateHeaderValue(name, value);
  written._header = `${head.slice(0, -2)}${name}: ${value}\r\n\r\n`;
  if (first !== undefined) first.data = written._header;
}

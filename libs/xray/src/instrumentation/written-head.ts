import { validateHeaderValue, type OutgoingMessage } from 'node:http';

/** Where Node stores the serialised head of a message. Undocumented, but present in all versions. */
interface Written {
  _header?: string | null;
  _headerSent?: boolean;
  /** The data that waits for a connection. */
  outputData?: { data: unknown }[];
}

/** Reads a header from the serialised head; headers that were passed as an array are only there. */
export function writtenHeader(message: OutgoingMessage, name: string): string | undefined {
  const { _header: head } = message as Written;
  if (typeof head !== 'string') return undefined;
  const start = head.toLowerCase().indexOf(`\r\n${name}: `);
  if (start < 0) return undefined;
  const from = start + name.length + 4;
  return head.slice(from, head.indexOf('\r\n', from));
}

/**
 * Sets or removes a header in a head that is serialised but not sent yet. Node serialises the head at
 * once when headers are passed as an array, and with `Expect: 100-continue`, when it also queues it.
 */
export function setWrittenHeader(
  message: OutgoingMessage,
  name: string,
  value: string | undefined,
): void {
  const written = message as Written;
  const { _header: head, _headerSent: inLine, outputData: line } = written;
  if (typeof head !== 'string' || !head.endsWith('\r\n\r\n')) return;
  const [first] = inLine ? (line ?? []) : [];
  if (inLine && first?.data !== head) return;
  const others = without(head, name);
  if (value !== undefined) validateHeaderValue(name, value);
  written._header =
    value === undefined ? others : `${others.slice(0, -2)}${name}: ${value}\r\n\r\n`;
  if (first !== undefined) first.data = written._header;
}

/** `head` without the lines of the header `name`. */
function without(head: string, name: string): string {
  const start = `${name.toLowerCase()}: `;
  if (!head.toLowerCase().includes(`\r\n${start}`)) return head;
  const lines = head.split('\r\n');
  return lines.filter((line) => !line.toLowerCase().startsWith(start)).join('\r\n');
}

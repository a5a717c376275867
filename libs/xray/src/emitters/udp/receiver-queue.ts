import { closeSync, openSync, readSync } from 'node:fs';
import { isIP } from 'node:net';
import { endianness } from 'node:os';

/** What the kernel reports of a socket on this machine. */
export interface ReceiverState {
  /** Bytes of its buffer that wait to be read. */
  unread: number;
  /** Datagrams for which it had no room, since it was opened; of all senders. */
  drops: number;
}

const FILES = ['/proc/net/udp', '/proc/net/udp6'];
/** A machine with thousands of sockets has a long list, which is not worth reading. */
const MAX_LIST = 256_000;
const ANY = ['00000000', '0'.repeat(32)];

/** Looks at the socket that a sender on the same machine sends to. Only Linux reports it. */
export class ReceiverQueue {
  private unknown = process.platform !== 'linux';
  private seen: string | undefined;
  /** What a line of the list has in it when it is the receiver's: ` address:port `, as the kernel writes it. */
  private names: string[] = [];

  /** @param address where is sent to, as soon as that is known */
  constructor(
    private readonly address: () => string | undefined,
    private readonly port: number,
  ) {}

  /**
   * Undefined when nothing is known: another machine, another network namespace, another system.
   * Read synchronously: these files are written by the kernel when they are read, in less time than a
   * read by another thread takes to arrange.
   */
  read(): ReceiverState | undefined {
    const address = this.address();
    if (this.unknown || address === undefined || !isLocal(address)) return undefined;
    if (address !== this.seen) {
      this.seen = address;
      const port = this.port.toString(16).toUpperCase().padStart(4, '0');
      this.names = [...ANY, ...asKernelWrites(address)].map((host) => ` ${host}:${port} `);
    }
    let state: ReceiverState | undefined;
    for (const file of FILES) {
      const list = readList(file);
      if (list.length > MAX_LIST) {
        this.unknown = true;
        return undefined;
      }
      for (const name of this.names) {
        for (let at = list.indexOf(name); at >= 0; at = list.indexOf(name, at + 1)) {
          const one = stateIn(list.slice(at, list.indexOf('\n', at)).trim().split(/\s+/));
          if (one === undefined) continue;
          state = {
            unread: Math.max(state?.unread ?? 0, one.unread),
            drops: (state?.drops ?? 0) + one.drops,
          };
        }
      }
    }
    return state;
  }
}

/** @param fields of a socket's line, from its own address on */
function stateIn(fields: string[]): ReceiverState | undefined {
  // A connected socket takes from one sender alone; the receiver's is not.
  if (!/^0*:0000$/.test(fields[1] ?? '')) return undefined;
  const unread = parseInt(fields[3]?.split(':')[1] ?? '0', 16);
  const drops = Number(fields.at(-1));
  return { unread, drops: Number.isSafeInteger(drops) ? drops : 0 };
}

const chunk = Buffer.alloc(16_384);

/** Empty when it cannot be read; no more than a little beyond MAX_LIST. */
function readList(file: string): string {
  let list = '';
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    for (;;) {
      const length = readSync(descriptor, chunk, 0, chunk.length, null);
      list += chunk.toString('latin1', 0, length);
      if (length === 0 || list.length > MAX_LIST) return list;
    }
  } catch {
    return list;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function isLocal(address: string): boolean {
  return address === '::1' || address.startsWith('127.');
}

/** IPv4 is one word in the machine's order of bytes; IPv6 four. Also as an IPv6 socket sees IPv4. */
function asKernelWrites(address: string): string[] {
  if (isIP(address) === 6) return [words([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1])];
  const bytes = address.split('.').map(Number);
  return [words(bytes), words([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, ...bytes])];
}

function words(bytes: number[]): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 4) {
    const word = bytes.slice(at, at + 4);
    if (endianness() === 'LE') word.reverse();
    text += word.map((byte) => byte.toString(16).padStart(2, '0')).join('');
  }
  return text.toUpperCase();
}

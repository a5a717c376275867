import { closeSync, openSync, readSync } from 'node:fs';
import { isIP } from 'node:net';
import { endianness } from 'node:os';
import { isLoopback } from '../../net/host';

/** What the kernel reports about a socket on this machine. */
export interface ReceiverState {
  /** Bytes in its buffer that have not been read. */
  unread: number;
  /** Datagrams dropped for lack of space since the socket was opened, from all senders. */
  drops: number;
}

const FILES = ['/proc/net/udp', '/proc/net/udp6'];
/** A machine with thousands of sockets has a list too long to be worth reading. */
const MAX_LIST = 256_000;
const ANY = ['00000000', '0'.repeat(32)];

/** Looks up the socket of a receiver on the same machine. Only Linux reports it. */
export class ReceiverQueue {
  private unknown = process.platform !== 'linux';
  private seen: string | undefined;
  /** The part of a line that identifies the receiver: ` address:port `, as the kernel writes it. */
  private names: string[] = [];
  /** The file that lists the receiver, if only one does. Reading a file takes 0.1 ms or more. */
  private file: string | undefined;

  /** @param address the address that is sent to, once it is known */
  constructor(
    private readonly address: () => string | undefined,
    private readonly port: number,
  ) {}

  /**
   * Undefined when nothing is known: another machine, another network namespace, another system.
   * Reads synchronously: the kernel creates these files when they are read, which is faster than an
   * asynchronous read on another thread.
   */
  read(): ReceiverState | undefined {
    const address = this.address();
    if (this.unknown || address === undefined || !isLoopback(address)) return undefined;
    if (address !== this.seen) {
      this.seen = address;
      this.file = undefined;
      const port = this.port.toString(16).toUpperCase().padStart(4, '0');
      this.names = [...ANY, ...asKernelWrites(address)].map((host) => ` ${host}:${port} `);
    }
    const listed = this.file === undefined ? undefined : this.stateIn([this.file]);
    return listed ?? this.stateIn(FILES);
  }

  private stateIn(files: string[]): ReceiverState | undefined {
    let state: ReceiverState | undefined;
    const listing: string[] = [];
    for (const file of files) {
      const list = readList(file);
      if (list.length > MAX_LIST) {
        this.unknown = true;
        return undefined;
      }
      const found = this.names.flatMap((name) => socketsIn(list, name));
      if (found.length > 0) listing.push(file);
      for (const { unread, drops } of found) {
        state = {
          unread: Math.max(state?.unread ?? 0, unread),
          drops: (state?.drops ?? 0) + drops,
        };
      }
    }
    this.file = listing.length === 1 ? listing[0] : undefined;
    return state;
  }
}

/** All receivers in `list` whose line contains `name`. */
function socketsIn(list: string, name: string): ReceiverState[] {
  const states: ReceiverState[] = [];
  for (let at = list.indexOf(name); at >= 0; at = list.indexOf(name, at + 1)) {
    const state = stateOf(list.slice(at, list.indexOf('\n', at)).trim().split(/\s+/));
    if (state !== undefined) states.push(state);
  }
  return states;
}

/** @param fields the fields of a socket's line, starting with its own address */
function stateOf(fields: string[]): ReceiverState | undefined {
  // A connected socket receives from one sender only and is not the receiver's.
  if (!/^0*:0000$/.test(fields[1] ?? '')) return undefined;
  const unread = parseInt(fields[3]?.split(':')[1] ?? '0', 16);
  const drops = Number(fields.at(-1));
  return { unread, drops: Number.isSafeInteger(drops) ? drops : 0 };
}

const chunk = Buffer.alloc(16_384);
/**
 * The kernel fills a page of at least 4 KB, so a read with much less is the last. Another read to
 * see the end would search through all of its table again.
 */
const LAST_READ = 3_072;

/** Empty if it cannot be read. Reads little more than MAX_LIST. */
function readList(file: string): string {
  let list = '';
  let descriptor: number | undefined;
  try {
    descriptor = openSync(file, 'r');
    for (;;) {
      const length = readSync(descriptor, chunk, 0, chunk.length, null);
      list += chunk.toString('latin1', 0, length);
      if (length < LAST_READ || list.length > MAX_LIST) return list;
    }
  } catch {
    return list;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/**
 * IPv4 is one word in the machine's byte order, IPv6 four words. Includes the IPv4 address as an
 * IPv6 socket sees it.
 */
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

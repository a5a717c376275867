import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { endianness } from 'node:os';
import { storage } from '../../core/context';

/** What the kernel tells of a socket on this machine. */
export interface ReceiverState {
  /** Bytes of its buffer that wait to be read. */
  unread: number;
  /** Datagrams for which it had no room, since it was opened; of all senders. */
  drops: number;
}

const FILES = ['/proc/net/udp', '/proc/net/udp6'];
/** A machine with thousands of sockets has a long list, which is not worth reading. */
const MAX_LIST = 256_000;
const ANY = new Set(['00000000', '0'.repeat(32)]);

/** Looks at the socket that a sender on the same machine sends to. Linux alone tells, elsewhere it is not known. */
export class ReceiverQueue {
  private unknown = process.platform !== 'linux';

  /** @param address where is sent to, as soon as that is known */
  constructor(
    private readonly address: () => string | undefined,
    private readonly port: number,
  ) {}

  /** Undefined when nothing is known: another machine, another network namespace, another system. */
  async read(): Promise<ReceiverState | undefined> {
    const address = this.address();
    if (this.unknown || address === undefined || !isLocal(address)) return undefined;
    const wanted = new Set([...ANY, ...asKernelWrites(address)]);
    const port = this.port.toString(16).toUpperCase().padStart(4, '0');
    let state: ReceiverState | undefined;
    for (const file of FILES) {
      const list = await storage.run(undefined, () => readFile(file, 'latin1')).catch(() => '');
      if (list.length > MAX_LIST) {
        this.unknown = true;
        return undefined;
      }
      for (const line of list.split('\n')) {
        const fields = line.trim().split(/\s+/);
        const [host, at] = fields[1]?.split(':') ?? [];
        // A connected socket takes from one sender alone; the receiver's is not.
        if (at !== port || !wanted.has(host!) || !/^0*:0000$/.test(fields[2] ?? '')) continue;
        const unread = parseInt(fields[4]?.split(':')[1] ?? '0', 16);
        const drops = Number(fields.at(-1));
        state = {
          unread: Math.max(state?.unread ?? 0, unread),
          drops: (state?.drops ?? 0) + (Number.isSafeInteger(drops) ? drops : 0),
        };
      }
    }
    return state;
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

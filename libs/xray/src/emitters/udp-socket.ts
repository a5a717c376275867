import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns';
import { isIP } from 'node:net';
import type { Address } from '../net/daemon-address';
import { performance, setImmediate } from '../core/real-time';

/** How long the address of a host name is used before it is looked up again. */
const FRESH_MS = 30_000;
/** The first delay after a failed look-up or a socket that could not be created. */
const BACK_OFF_MS = 250;
const MAX_BACK_OFF_MS = 30_000;

const NOWHERE = { address: '', family: 0 };

type Done = (problem?: unknown) => void;

/**
 * One connected socket to one address. A host name is looked up again from time to time. `Part`
 * identifies a datagram in the report that it was lost.
 */
export class UdpSocket<Part> {
  private socket: Socket | undefined;
  private address: string | undefined;
  private lookedUpMs = 0;
  private backOffMs = 0;
  private notBeforeMs = 0;
  private failure: unknown;
  private looking = false;
  private closed = false;
  /** The part that was sent last. The system reports a refusal late, and it refers to this one. */
  private latest: Part | undefined;

  /** @param lost called when the system reports that an earlier datagram, `part`, was refused. */
  constructor(
    private readonly target: Address,
    private readonly lost: (problem: unknown, part: Part | undefined) => void,
  ) {}

  /** The resolved address, once it is known. */
  get peer(): string | undefined {
    return this.address;
  }

  get ready(): boolean {
    return this.socket !== undefined;
  }

  /** Looks up the name and connects. While backing off, fails at once with the last reason. */
  connect(done: Done): void {
    if (performance.now() < this.notBeforeMs) return done(this.failure);
    this.resolve((problem, address, family) => {
      if (problem) return done(this.backOff(problem));
      this.open(address, family, (trouble) => done(trouble ? this.backOff(trouble) : undefined));
    });
  }

  send(datagram: string | Buffer, part: Part, done: Done): void {
    const { socket, latest } = this;
    if (socket === undefined) return done(this.failure ?? new Error('not connected'));
    this.refresh();
    this.latest = part;
    const first = (problem?: unknown) => {
      if ((problem as { code?: string } | null)?.code !== 'ECONNREFUSED') return done(problem);
      // The error belongs to the previous datagram; this one has not been sent yet.
      this.lost(problem, latest);
      this.attempt(socket, datagram, done);
    };
    this.attempt(socket, datagram, first);
  }

  close(): void {
    this.closed = true;
    this.socket?.close();
    this.socket = undefined;
  }

  private attempt(socket: Socket, datagram: string | Buffer, done: Done): void {
    try {
      socket.send(datagram, done);
    } catch (problem) {
      done(problem);
    }
  }

  private backOff(problem: unknown): unknown {
    this.failure = problem;
    this.backOffMs = Math.min(this.backOffMs * 2 || BACK_OFF_MS, MAX_BACK_OFF_MS);
    this.notBeforeMs = performance.now() + this.backOffMs;
    return problem;
  }

  private resolve(done: (problem: unknown, address: string, family: number) => void): void {
    const { host } = this.target;
    const family = isIP(host);
    if (family !== 0) return done(undefined, host, family);
    this.lookedUpMs = performance.now();
    lookup(host, { all: true }, (problem, found = []) => {
      // By default the daemon listens only on IPv4, and many hosts list ::1 first for localhost.
      const { address, family } = found.find((one) => one.family === 4) ?? found[0] ?? NOWHERE;
      done(problem ?? undefined, address, family);
    });
  }

  private open(address: string, family: number, done: Done): void {
    if (this.closed) return done(new Error('closed'));
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    socket.once('error', done);
    const connected = (problem?: Error) => {
      socket.off('error', done);
      if (problem || this.closed) {
        socket.close();
        return done(problem ?? new Error('closed'));
      }
      // ECONNREFUSED for an earlier datagram may also arrive here: nobody listens (yet).
      socket.on('error', (problem) => this.lost(problem, this.latest));
      socket.unref();
      const old = this.socket;
      this.socket = socket;
      this.address = address;
      this.backOffMs = 0;
      // Let the old socket finish sending first.
      if (old) setImmediate(() => old.close());
      done();
    };
    // The callback also receives the error, which the types omit.
    socket.connect(this.target.port, address, connected);
  }

  /** A container that restarts has another address under the same name. */
  private refresh(): void {
    if (this.looking || this.lookedUpMs === 0) return;
    if (performance.now() - this.lookedUpMs < FRESH_MS) return;
    this.looking = true;
    this.resolve((problem, address, family) => {
      this.looking = false;
      if (problem || address === this.address) return;
      this.open(address, family, () => undefined);
    });
  }
}

import { createSocket, type Socket } from 'node:dgram';
import type { Forwarder, ForwardProblem } from './forwarder';

const HEADER = '{"format":"json","version":1}\n';
/** What fits in a datagram over IPv4. */
const MAX_BYTES = 65_507;

/** Forwards to an X-Ray daemon. */
export class UdpForwarder implements Forwarder {
  private readonly socket: Socket;
  private readonly reported = new Set<string>();
  private pending = 0;
  private idle: (() => void) | undefined;

  constructor(
    private readonly address: { host: string; port: number },
    private readonly problem: ForwardProblem,
  ) {
    this.socket = createSocket(address.host.includes(':') ? 'udp6' : 'udp4');
    this.socket.on('error', (error) => this.report(error.message));
    this.socket.unref();
  }

  forward(text: string): void {
    const datagram = Buffer.from(HEADER + text);
    if (datagram.length > MAX_BYTES) {
      this.report('a document is too large for a datagram');
      return;
    }
    const { host, port } = this.address;
    this.pending++;
    this.socket.send(datagram, port, host, (error) => {
      if (error) this.report(error.message);
      if (--this.pending === 0) this.idle?.();
    });
  }

  async close(): Promise<void> {
    if (this.pending > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    this.socket.close();
  }

  private report(why: string): void {
    if (this.reported.has(why)) return;
    this.reported.add(why);
    const { host, port } = this.address;
    this.problem(
      `Documents could not be forwarded to the daemon at udp://${host}:${port}: ${why}.`,
    );
  }
}

import { createSocket, type Socket } from 'node:dgram';
import { ForwardFailures } from './forward-failures';
import type { Forwarder, ForwardProblem } from './forwarder';

const HEADER = '{"format":"json","version":1}\n';
/** The largest payload of a datagram over IPv4. */
const MAX_BYTES = 65_507;

/** Forwards to an X-Ray daemon. */
export class UdpForwarder implements Forwarder {
  private readonly socket: Socket;
  private readonly failures: ForwardFailures;
  private pending = 0;
  private idle: (() => void) | undefined;

  constructor(
    private readonly address: { host: string; port: number },
    problem: ForwardProblem,
  ) {
    const { host, port } = address;
    this.failures = new ForwardFailures(`the daemon at udp://${host}:${port}`, problem);
    this.socket = createSocket(host.includes(':') ? 'udp6' : 'udp4');
    this.socket.on('error', (error) => this.failures.add(error.message));
    this.socket.unref();
  }

  forward(text: string): void {
    const datagram = Buffer.from(HEADER + text);
    if (datagram.length > MAX_BYTES) {
      this.failures.add('too large for a datagram');
      return;
    }
    const { host, port } = this.address;
    this.pending++;
    this.socket.send(datagram, port, host, (error) => {
      if (error) this.failures.add(error.message);
      if (--this.pending === 0) this.idle?.();
    });
  }

  async close(): Promise<void> {
    if (this.pending > 0) await new Promise<void>((resolve) => (this.idle = resolve));
    this.socket.close();
  }
}

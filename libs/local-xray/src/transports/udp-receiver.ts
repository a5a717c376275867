import { createSocket, type Socket } from 'node:dgram';
import type { Ingest } from '../ingest/ingest';

/** Asked of the kernel, which grants at most net.core.rmem_max, usually 208 kB. */
const BUFFER_BYTES = 4 * 1024 * 1024;

/** Receives datagrams and hands them on together, once a turn of the event loop. */
export class UdpReceiver {
  private batch: Uint8Array[] = [];

  private constructor(
    private readonly socket: Socket,
    private readonly ingest: Ingest,
  ) {
    socket.on('message', (datagram) => this.receive(datagram));
    // A socket that is bound meets errors of single datagrams only.
    socket.on('error', () => undefined);
  }

  /** @throws the socket's error, for instance EADDRINUSE. */
  static bind(host: string, port: number, ingest: Ingest): Promise<UdpReceiver> {
    const type = host.includes(':') ? 'udp6' : 'udp4';
    const socket = createSocket({ type, recvBufferSize: BUFFER_BYTES });
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.bind({ address: host, port, exclusive: true }, () => {
        socket.off('error', reject);
        resolve(new UdpReceiver(socket, ingest));
      });
    });
  }

  get port(): number {
    return this.socket.address().port;
  }

  /** Bytes of the kernel's buffer. */
  get bufferBytes(): number {
    return this.socket.getRecvBufferSize();
  }

  close(): Promise<void> {
    this.handOn();
    return new Promise((resolve) => this.socket.close(() => resolve()));
  }

  private receive(datagram: Uint8Array): void {
    if (this.batch.push(datagram) === 1) setImmediate(() => this.handOn());
  }

  private handOn(): void {
    if (this.batch.length === 0) return;
    this.ingest.datagrams(this.batch);
    this.batch = [];
  }
}

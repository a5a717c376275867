import { createSocket } from 'node:dgram';
import type { SegmentDocument, SubsegmentDocument } from 'nestjs-xray';

/** Takes datagrams as the daemon does, and keeps their documents. */
export interface UdpDaemon {
  readonly port: number;
  readonly documents: (SegmentDocument & SubsegmentDocument)[];
  /** The bytes of each datagram. */
  readonly sizes: number[];
  /** Resolves when `count` documents are there. */
  received(count: number): Promise<void>;
  close(): Promise<void>;
}

export async function udpDaemon(port = 0, host = '127.0.0.1'): Promise<UdpDaemon> {
  const socket = createSocket({ type: host.includes(':') ? 'udp6' : 'udp4', recvBufferSize: 4e6 });
  const documents: UdpDaemon['documents'] = [];
  const sizes: number[] = [];
  socket.on('message', (datagram) => {
    const text = datagram.toString();
    const end = text.indexOf('\n');
    expect(JSON.parse(text.slice(0, end))).toEqual({ format: 'json', version: 1 });
    documents.push(JSON.parse(text.slice(end + 1)));
    sizes.push(datagram.length);
  });
  await new Promise<void>((done) => socket.bind(port, host, done));
  return {
    port: socket.address().port,
    documents,
    sizes,
    async received(count) {
      const deadline = Date.now() + 10_000;
      while (documents.length < count) {
        if (Date.now() > deadline) throw new Error(`${documents.length} of ${count} came.`);
        await new Promise((turn) => setImmediate(turn));
      }
    },
    close: () => new Promise((done) => socket.close(() => done())),
  };
}

/** A port that nobody listens on. */
export async function freeUdpPort(): Promise<number> {
  const daemon = await udpDaemon();
  await daemon.close();
  return daemon.port;
}

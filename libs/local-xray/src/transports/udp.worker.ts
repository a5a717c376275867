import { createSocket, type Socket } from 'node:dgram';
import type { MessagePort } from 'node:worker_threads';
import { serveThread } from '../threads/serve-thread';
import { within } from '../threads/within';
import { DatagramBacklog } from './datagram-backlog';
import { kernelDrops } from './kernel-drops';

/** The receive buffer to request. The kernel grants at most net.core.rmem_max, usually 208 kB. */
const BUFFER_BYTES = 4 * 1024 * 1024;
const COUNTS_MS = 250;
/** How long, at shutdown, waiting datagrams may still be passed to the writer. */
const DRAIN_MS = 500;

/** A thread that only receives, because the kernel's buffer fills up within some tens of milliseconds. */
serveThread<{ host: string; port: number }>(async ({ host, port }, tell) => {
  const backlog = new DatagramBacklog();
  const socket = await bind(host, port);
  let turn: NodeJS.Immediate | undefined;
  socket.on('message', (datagram) => {
    backlog.add(datagram);
    // Send it together with everything else that arrives in this turn of the event loop.
    turn ??= setImmediate(() => {
      turn = undefined;
      backlog.send();
    });
  });
  // Once the socket is bound, errors concern single datagrams only.
  socket.on('error', () => undefined);
  let lastSent = '';
  const count = async () => {
    const counts = { ...backlog.counts, kernelDrops: await kernelDrops(host, port) };
    const text = JSON.stringify(counts);
    if (text !== lastSent) tell('counts', counts);
    lastSent = text;
  };
  const timer = setInterval(() => void count(), COUNTS_MS);
  return {
    handlers: {
      bufferBytes: () => socket.getRecvBufferSize(),
      connect: ([writer]: [MessagePort]) => backlog.connect(writer),
      drained: async () => {
        // First receive what is in the kernel's buffer.
        await new Promise(setImmediate);
        await new Promise(setImmediate);
        await backlog.drained();
      },
    },
    close: async () => {
      clearInterval(timer);
      await new Promise<void>((resolve) => socket.close(resolve));
      backlog.send();
      await within(DRAIN_MS, backlog.drained());
      await count();
      backlog.close();
    },
  };
});

/** @throws the socket's error, for instance EADDRINUSE. */
function bind(host: string, port: number): Promise<Socket> {
  const type = host.includes(':') ? 'udp6' : 'udp4';
  const socket = createSocket({ type, recvBufferSize: BUFFER_BYTES });
  return new Promise((resolve, reject) => {
    socket.once('error', reject);
    socket.bind({ address: host, port, exclusive: true }, () => {
      socket.off('error', reject);
      resolve(socket);
    });
  });
}

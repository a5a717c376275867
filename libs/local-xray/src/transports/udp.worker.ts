import { createSocket, type Socket } from 'node:dgram';
import type { MessagePort } from 'node:worker_threads';
import { serveThread } from '../threads/serve-thread';
import { within } from '../threads/within';
import { DatagramBacklog } from './datagram-backlog';
import { kernelDrops } from './kernel-drops';

/** Asked of the kernel, which grants at most net.core.rmem_max, usually 208 kB. */
const BUFFER_BYTES = 4 * 1024 * 1024;
const COUNTS_MS = 250;
/** How long what waits may go on to the writer after the last datagram. */
const DRAIN_MS = 500;

/** A thread that does nothing but receive: the kernel's buffer holds a few dozen milliseconds' worth only. */
serveThread<{ host: string; port: number }>(async ({ host, port }, tell) => {
  const backlog = new DatagramBacklog();
  const socket = await bind(host, port);
  let turn: NodeJS.Immediate | undefined;
  socket.on('message', (datagram) => {
    backlog.add(datagram);
    // Together with what else came in this turn.
    turn ??= setImmediate(() => {
      turn = undefined;
      backlog.send();
    });
  });
  // A socket that is bound meets errors of single datagrams only.
  socket.on('error', () => undefined);
  let told = '';
  const count = async () => {
    const counts = { ...backlog.counts, kernelDrops: await kernelDrops(host, port) };
    const text = JSON.stringify(counts);
    if (text !== told) tell('counts', counts);
    told = text;
  };
  const timer = setInterval(() => void count(), COUNTS_MS);
  return {
    handlers: {
      bufferBytes: () => socket.getRecvBufferSize(),
      connect: ([writer]: [MessagePort]) => backlog.connect(writer),
      drained: async () => {
        // What the kernel has is received first.
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

import type { TraceStore } from '../engine/trace-store';
import { SupervisedThread } from '../threads/supervised-thread';
import { Thread } from '../threads/thread';
import { threadProgram } from '../threads/thread-program';

const LIMITS = { maxYoungGenerationSizeMb: 8, maxOldGenerationSizeMb: 64 };

/** Receives datagrams in its own thread, which passes them directly to the writer's thread. */
export class UdpReceiver {
  private constructor(
    private readonly receiver: SupervisedThread,
    /** The size in bytes of the kernel's receive buffer. */
    readonly bufferBytes: number,
  ) {}

  /** @throws the socket's error, for instance EADDRINUSE. */
  static async bind(host: string, port: number, store: TraceStore): Promise<UdpReceiver> {
    const start = async () => {
      const program = threadProgram(__dirname, 'udp.worker');
      const thread = await Thread.start(
        'receiver of datagrams',
        { ...program, workerData: { host, port }, resourceLimits: LIMITS },
        { counts: (counts) => store.setDatagramCounts(counts) },
      );
      store.feed({
        connect: (writer) => thread.tell('connect', [writer], [writer]),
        drained: () => thread.call('drained', []),
      });
      return thread;
    };
    const receiver = await SupervisedThread.start(start, store.watcher);
    const bufferBytes = await (await receiver.running()).call<number>('bufferBytes', []);
    return new UdpReceiver(receiver, bufferBytes);
  }

  close(): Promise<void> {
    return this.receiver.close();
  }
}

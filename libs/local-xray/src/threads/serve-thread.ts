import { parentPort, type TransferListItem, workerData } from 'node:worker_threads';
import { type FromThread, plainError, type ToThread } from './thread-messages';

/** Handles a call. Must return soon after `signal` is aborted. */
export type Handler = (args: never, signal: AbortSignal) => unknown;

export interface ThreadService {
  handlers: Record<string, Handler>;
  /** Closes everything; the thread ends when this resolves. */
  close(): Promise<void> | void;
}

/** Sends an event to the other end. */
export type TellEvent = (name: string, ...args: unknown[]) => void;

/** Runs a thread: opens its resources, then handles calls until it is closed. */
export function serveThread<Data>(
  open: (data: Data, tell: TellEvent) => ThreadService | Promise<ThreadService>,
): void {
  void serve(open);
}

async function serve<Data>(
  open: (data: Data, tell: TellEvent) => ThreadService | Promise<ThreadService>,
): Promise<void> {
  const port = parentPort!;
  const send = (message: FromThread, transfer: TransferListItem[] = []) =>
    port.postMessage(message, transfer);
  let service: ThreadService;
  try {
    service = await open(workerData as Data, (name, ...args) =>
      send({ kind: 'event', name, args }),
    );
  } catch (error) {
    send({ kind: 'failed', error: plainError(error) });
    return;
  }
  const running = new Map<number, AbortController>();

  const run = async (name: string, args: unknown[], signal: AbortSignal): Promise<unknown> => {
    const handler = service.handlers[name];
    if (!handler) throw new Error(`There is no call ${name}`);
    return await handler(args as never, signal);
  };
  const answer = (call: number, name: string, args: unknown[]): void => {
    const aborter = new AbortController();
    running.set(call, aborter);
    run(name, args, aborter.signal)
      .then(
        (value) => send({ kind: 'done', call, value }, ownMemory(value)),
        (error: unknown) => send({ kind: 'error', call, error: plainError(error) }),
      )
      .finally(() => running.delete(call));
  };
  const close = async (): Promise<void> => {
    for (const each of running.values()) each.abort();
    try {
      await service.close();
    } finally {
      // What was aborted answers first. The port is closed rather than the thread ended: SQLite's native
      // part must not be in use then.
      setImmediate(() => port.close());
    }
  };

  port.on('message', (message: ToThread) => {
    if (message.kind === 'call') answer(message.call, message.name, message.args);
    else if (message.kind === 'abort') running.get(message.call)?.abort();
    else if (message.kind === 'close') void close();
    else void run(message.name, message.args, new AbortController().signal);
  });
  send({ kind: 'ready' });
}

/** Transfers bytes that own their memory instead of copying them. Small buffers share a pool. */
export function ownMemory(value: unknown): ArrayBuffer[] {
  if (!(value instanceof Uint8Array)) return [];
  const { buffer, byteLength } = value;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [];
}

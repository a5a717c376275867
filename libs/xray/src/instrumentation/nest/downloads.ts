import { StreamableFile } from '@nestjs/common';
import { errorMonitor, type EventEmitter } from 'node:events';
import { storage } from '../../core/context';
import { patchMethod, type Method } from '../patch';

/** Called with the error of a stream, in the context of the request. */
type Failed = (thrown: unknown) => void;

/**
 * Calls `failed` when a StreamableFile fails while it is being sent. Nest's adapters then close the
 * connection, which otherwise looks like a client that disconnected. Once per process.
 */
export function watchDownloads(failed: Failed): void {
  patchMethod(StreamableFile.prototype, 'getStream', (original) => {
    return function getStream(this: unknown): unknown {
      const stream: unknown = Reflect.apply(original, this, []);
      watch(stream, failed);
      return stream;
    };
  });
}

/** Does the same for streams passed to Fastify. `reply` is any reply: its class is patched. */
export function watchReplies(reply: object, failed: Failed): void {
  patchMethod(Object.getPrototypeOf(reply) as object, 'send', (original: Method) => {
    return function send(this: unknown, ...args: unknown[]): unknown {
      const [payload] = args;
      if (typeof payload === 'object' && payload !== null && 'pipe' in payload) {
        watch(payload, failed);
      }
      return Reflect.apply(original, this, args as never[]);
    };
  });
}

const seen = new WeakSet<object>();

function watch(stream: unknown, failed: Failed): void {
  const { once } = (stream ?? {}) as Partial<EventEmitter>;
  if (typeof once !== 'function' || seen.has(stream as object)) return;
  seen.add(stream as object);
  const active = storage.getStore();
  once.call(stream, errorMonitor, (thrown: unknown) => storage.run(active, failed, thrown));
}

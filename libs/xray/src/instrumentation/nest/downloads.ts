import { StreamableFile } from '@nestjs/common';
import { errorMonitor, type EventEmitter } from 'node:events';
import { patchMethod, type Method } from '../patch';

/**
 * Has `failed` see a file that breaks off while it is being sent. Nest's adapters then end the
 * connection, which looks the same as a client that leaves. Once for a process.
 *
 * @param failed is called in the context of the request.
 */
export function watchDownloads(failed: (thrown: unknown) => void): void {
  patchMethod(StreamableFile.prototype, 'getStream', (original) => watched(original, failed));
}

const seen = new WeakSet<object>();

function watched(original: Method, failed: (thrown: unknown) => void): Method {
  return function getStream(this: unknown): unknown {
    const stream = Reflect.apply(original, this, []) as EventEmitter | undefined;
    if (typeof stream?.once !== 'function' || seen.has(stream)) return stream;
    seen.add(stream);
    stream.once(errorMonitor, failed);
    return stream;
  };
}

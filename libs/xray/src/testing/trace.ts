import { types } from 'node:util';
import { Recorder } from '../core/recorder';
import { storage } from '../core/context';
import type { SegmentDocument } from '../document';
import { MemoryEmitter } from './memory.emitter';

export interface Traced<T> {
  result: T;
  /** The document of the segment that `work` ran in. Its name is `test`. */
  segment: SegmentDocument;
}

/**
 * Runs `work` in a segment, without an application, and returns what was recorded. For unit tests
 * of traced classes. Errors are rethrown.
 *
 * @example
 * const { result, segment } = trace(() => new Cart().total([2, 3]));
 * expect(segment.subsegments).toMatchObject([{ name: 'Cart.total' }]);
 */
export function trace<T>(work: () => Promise<T>): Promise<Traced<T>>;
export function trace<T>(work: () => T): Traced<T>;
export function trace<T>(work: () => T): Traced<T> | Promise<Traced<Awaited<T>>> {
  const emitter = new MemoryEmitter();
  const warn = (message: string) => console.warn(message);
  const recorder = new Recorder({
    emitter,
    sampler: { decide: () => ({ sampled: true }) },
    logger: { warn },
  });
  const segment = recorder.open({ serviceName: 'test' });
  if (segment.notTraced)
    throw new Error('trace() could not open a segment: the request was not sampled.');
  const result = storage.run(segment, work);
  const traced = <R>(value: R): Traced<R> => {
    segment.close();
    return { result: value, segment: emitter.documents[0]! };
  };
  // Not `instanceof`: under Jest, Node's own modules return promises of another realm.
  return types.isPromise(result)
    ? (result as Promise<Awaited<T>>).then(traced)
    : traced(result as Awaited<T>);
}

import { storage } from './context';
import { fail } from './outcome';
import type { RecordedNode } from './recorded-node';
import { settle } from './settle';

/**
 * Runs `work` with `node` active and closes `node` when the work is over; see {@link settle}.
 * Returns and throws what `work` does.
 *
 * @param owned whether the promise that `work` returns was created for this call alone
 */
export function runIn<T, A extends unknown[]>(
  node: RecordedNode,
  owned: boolean,
  work: (this: unknown, ...args: A) => T,
  self: unknown,
  args: A,
): T {
  let result: T;
  try {
    result = storage.run(node, Reflect.apply<unknown, A, T>, work, self, args);
  } catch (thrown) {
    fail(node, thrown);
    throw thrown;
  }
  return settle(node, result, owned);
}

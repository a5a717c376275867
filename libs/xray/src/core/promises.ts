/**
 * Calls `done` or `failed` when `promise` settles. The returned promise settles in the same way,
 * and Node reports an unhandled rejection as usual.
 */
export function follow<T>(
  promise: PromiseLike<T>,
  done: (value: T) => void,
  failed: (thrown: unknown) => void,
): Promise<T> {
  return promise.then(
    (value) => {
      done(value);
      return value;
    },
    (thrown: unknown) => {
      failed(thrown);
      throw thrown;
    },
  ) as Promise<T>;
}

/**
 * Follows `promise` to its end. The promise that comes back settles as the given one does, and a
 * rejection that nobody handles is reported by Node as ever.
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

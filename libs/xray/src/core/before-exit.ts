interface Flushable {
  flush(andOpen: boolean): Promise<void>;
}

const recorders = new Set<Flushable>();

/** A script that runs out of work sends what it has left before it ends, without being told to. */
export function flushBeforeExit(recorder: Flushable): void {
  if (recorders.size === 0) process.on('beforeExit', flushAll);
  recorders.add(recorder);
}

export function forgetBeforeExit(recorder: Flushable): void {
  recorders.delete(recorder);
  if (recorders.size === 0) process.off('beforeExit', flushAll);
}

/** The event comes again once what it started is done; by then there is nothing left to send. */
function flushAll(): void {
  process.off('beforeExit', flushAll);
  for (const recorder of recorders) void recorder.flush(true);
}

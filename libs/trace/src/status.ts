/** How a request ended, in X-Ray's words. */
export type Status = 'ok' | 'error' | 'throttle' | 'fault';

/** The worst first. */
export const STATUSES: readonly Status[] = ['fault', 'throttle', 'error', 'ok'];

/** Fault wins over throttle over error, as in the counts of local X-Ray. */
export function statusOf(flags: { fault?: boolean; throttle?: boolean; error?: boolean }): Status {
  if (flags.fault) return 'fault';
  if (flags.throttle) return 'throttle';
  return flags.error ? 'error' : 'ok';
}

/** How bad: ok 0, error 1, throttle 2, fault 3. */
export function severity(status: Status): number {
  return STATUSES.length - 1 - STATUSES.indexOf(status);
}

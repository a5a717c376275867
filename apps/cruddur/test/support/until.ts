import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a condition that another process or service brings about. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 10_000,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await condition())) {
    if (Date.now() > deadline)
      throw new Error(`Not so after ${timeoutMs} ms: ${String(condition)}`);
    await delay(20);
  }
}

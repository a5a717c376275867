import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves to what `find` finds, or resolves to, once that is something. */
export async function until(find, withinMs = 20_000) {
  const end = Date.now() + withinMs;
  for (;;) {
    const found = await find();
    if (found) return found;
    if (Date.now() > end) throw new Error(`Never came true: ${find}`);
    await sleep(5);
  }
}

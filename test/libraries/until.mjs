import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves to what `find` finds, once it finds something. */
export async function until(find) {
  const end = Date.now() + 20_000;
  for (;;) {
    const found = find();
    if (found) return found;
    if (Date.now() > end) throw new Error(`Never came true: ${find}`);
    await sleep(5);
  }
}

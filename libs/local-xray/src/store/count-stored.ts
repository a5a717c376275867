import type { Driver } from './driver';
import type { TotalledTrace, TraceTotals } from './trace-totals';

const CHUNK = 5000;
const TELL_AFTER_MS = 2000;
const TELL_EVERY_MS = 5000;

/**
 * Counts the traces of a database that was written before there were totals. Either all of them are counted or none,
 * because a database with some totals is assumed to have them all. `tell` receives a progress line every few seconds.
 */
export function countStored(
  driver: Driver,
  totals: TraceTotals,
  { chunk = CHUNK, tell = (line: string): void => console.error(line) } = {},
): void {
  const [some] = driver.prepare('SELECT 1 AS there FROM totals LIMIT 1').all();
  if (some) return;
  const next = driver.prepare(
    'SELECT n, start, "end", flags, shape, times FROM traces WHERE n > ? ORDER BY n LIMIT ?',
  );
  const all = driver.prepare('SELECT count(*) AS count FROM traces').get<{ count: number }>()!;
  const started = performance.now();
  let tellAt = started + TELL_AFTER_MS;
  let counted = 0;
  driver.transaction(() => {
    for (let last = 0; ;) {
      const traces = next.all<TotalledTrace & { n: number }>([last, chunk]);
      if (traces.length === 0) return;
      for (const each of traces) totals.count(each, 1);
      totals.write();
      last = traces[traces.length - 1]!.n;
      counted += traces.length;
      const now = performance.now();
      if (now < tellAt) continue;
      tellAt = now + TELL_EVERY_MS;
      tell(progress(counted, all.count, (now - started) / 1000));
    }
  });
}

/** Reports progress during a long startup. */
export function progress(counted: number, all: number, seconds: number): string {
  const left = Math.ceil((seconds * Math.max(0, all - counted)) / counted);
  return (
    `Local X-Ray updates its database before it starts: ${counted.toLocaleString('en')} of ` +
    `${all.toLocaleString('en')} traces counted, about ${left} s left.`
  );
}

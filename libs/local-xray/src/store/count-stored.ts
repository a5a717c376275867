import type { Driver } from './driver';
import type { TotalledTrace, TraceTotals } from './trace-totals';

const CHUNK = 5000;

/** Counts the traces of a database that was written before there were totals. */
export function countStored(driver: Driver, totals: TraceTotals): void {
  const [some] = driver.prepare('SELECT 1 AS there FROM totals LIMIT 1').all();
  if (some) return;
  const next = driver.prepare(
    'SELECT n, start, "end", flags, shape, times FROM traces WHERE n > ? ORDER BY n LIMIT ?',
  );
  for (let last = 0; ;) {
    const traces = next.all<TotalledTrace & { n: number }>([last, CHUNK]);
    if (traces.length === 0) return;
    driver.transaction(() => {
      for (const each of traces) totals.count(each, 1);
      totals.write();
    });
    last = traces[traces.length - 1]!.n;
  }
}

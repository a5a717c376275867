import type { BinSum } from '../aggregates/bin-sum';
import { unpack } from '../aggregates/packed';
import { STEPS } from '../aggregates/counted';
import { bytesOf, type Driver } from '../store/driver';

/** The sums of one kind of facet in a range of whole minutes. */
export interface KeptRange {
  kind: number;
  /** The longest period. At both ends, and where such periods are not added up, shorter ones are read. */
  step: number;
  from: number;
  /** Exclusive. */
  to: number;
}

/** The sums of a period that begins at `at`. Call `each` for one after the other. */
export interface KeptSums {
  at: number;
  each(found: (sum: Readonly<BinSum>) => void): void;
}

/** The longest periods that are added up, and the minutes of the rest. */
export function* keptSums(database: Driver, range: KeptRange): Generator<KeptSums> {
  const { kind, step, from, to } = range;
  if (from >= to) return;
  const shorter = STEPS[STEPS.indexOf(step as (typeof STEPS)[number]) - 1];
  if (shorter === undefined) {
    yield* minutes(database, range);
    return;
  }
  const packed = database.prepare(
    'SELECT body FROM packed_aggregates WHERE kind = ? AND step = ? AND at = ?',
  );
  let reached = from;
  for (const { at } of database
    .prepare(
      'SELECT at FROM packed_aggregates WHERE kind = ? AND step = ? AND at >= ? AND at <= ? ORDER BY at',
    )
    .all<{ at: number }>([kind, step, from, to - step])) {
    const row = packed.get<{ body: unknown }>([kind, step, at]);
    // A minute of it has changed meanwhile: its parts are found with those before the next one.
    if (!row) continue;
    yield* keptSums(database, { kind, step: shorter, from: reached, to: at });
    yield { at, each: (found) => unpack(bytesOf(row.body), found) };
    reached = at + step;
  }
  yield* keptSums(database, { kind, step: shorter, from: reached, to });
}

interface MinuteSum extends BinSum {
  at: number;
}

function* minutes(database: Driver, { kind, step, from, to }: KeptRange): Generator<KeptSums> {
  const next = database.prepare(
    `SELECT at, facet, route, bin, count, seconds, fault, error, throttle, traces FROM aggregates
     WHERE kind = ? AND step = ? AND at >= ? AND at < ? ORDER BY at`,
  );
  const first = database.prepare(
    'SELECT min(at) AS at FROM aggregates WHERE kind = ? AND step = ? AND at >= ? AND at < ?',
  );
  for (let at: number | null = from; ; at += step) {
    at = first.get<{ at: number | null }>([kind, step, at, to])!.at;
    if (at === null) return;
    const start = at;
    const rows = next.all<MinuteSum>([kind, step, start, Math.min(to, start + step)]);
    yield { at: start, each: (found) => rows.forEach(found) };
  }
}

import { binOf } from '../aggregates/bins';
import { addSum, emptySum } from '../aggregates/bin-sum';
import { type Counted, type CountedRow, troubleOf } from '../aggregates/counted';
import { type Facet, WHOLE_TRACE } from '../aggregates/facets';
import type { Occurrence } from '../aggregates/occurrences';
import type { TraceFacts } from '../trace';
import type { Driver, SqlValue, Statement } from './driver';
import { MINUTE } from './ended-periods';
import { Facets } from './facets';
import { MultiInsert } from './multi-insert';

const COLUMNS = 'count, seconds, fault, error, throttle, traces';
const NUMBERS = ['count', 'seconds', 'fault', 'error', 'throttle', 'traces'] as const;

/** Stores the occurrences of facets, and their sums per minute. */
export class AggregateRows {
  readonly facets: Facets;
  private readonly insert: MultiInsert;
  private readonly deleteOf: Statement;
  private readonly find: Statement;
  private readonly findTrace: Statement;
  private readonly add: MultiInsert;
  private readonly deleteEmpty: Statement;

  constructor(driver: Driver) {
    this.facets = new Facets(driver);
    this.insert = new MultiInsert(
      driver,
      `INSERT INTO occurrences (trace, start, kind, facet, route, bin, ${COLUMNS})`,
      12,
    );
    this.deleteOf = driver.prepare('DELETE FROM occurrences WHERE trace = ?');
    this.find = driver.prepare(
      `SELECT kind, facet, route, bin, ${COLUMNS} FROM occurrences WHERE trace = ?`,
    );
    this.findTrace = driver.prepare('SELECT start, bin, duration, flags FROM traces WHERE n = ?');
    this.add = new MultiInsert(
      driver,
      `INSERT INTO aggregates (kind, step, at, facet, route, bin, ${COLUMNS})`,
      12,
      `ON CONFLICT DO UPDATE SET ${NUMBERS.map((each) => `${each} = ${each} + excluded.${each}`).join(', ')}`,
    );
    this.deleteEmpty = driver.prepare(
      'DELETE FROM aggregates WHERE kind = ? AND step = ? AND at = ? AND facet = ? AND route = ? AND bin = ? AND count <= 0',
    );
  }

  /** The stored counts of a trace. Undefined if it was stored before there were aggregates. */
  read(trace: number): Counted | undefined {
    const row = this.findTrace.get<{
      start: number;
      bin: number | null;
      duration: number;
      flags: number;
    }>([trace]);
    if (!row || row.bin === null) return undefined;
    const rows = this.find.all<CountedRow>([trace]);
    return { start: row.start, rows: [wholeTrace({ ...row, bin: row.bin }), ...rows] };
  }

  /** Replaces the earlier counts of traces by the current ones. */
  write(changes: { trace: number; before: Counted | undefined; after: Counted }[]): void {
    const inserts: { trace: number; start: number; row: CountedRow }[] = [];
    const deltas = new Deltas();
    for (const { trace, before, after } of changes) {
      if (before && isSame(before, after)) continue;
      if (before && before.rows.length > 1) this.deleteOf.run([trace]);
      for (const row of after.rows) {
        if (row.kind !== WHOLE_TRACE) inserts.push({ trace, start: after.start, row });
      }
      if (before) deltas.take(before, -1);
      deltas.take(after, 1);
    }
    // Sorted like the index by facet, so that neighbours are written to the same page.
    inserts.sort((a, b) => a.row.facet - b.row.facet || a.start - b.start);
    const values: SqlValue[] = [];
    for (const { trace, start, row } of inserts) {
      values.push(trace, start, row.kind, row.facet, row.route, row.bin);
      values.push(row.count, row.seconds, row.fault, row.error, row.throttle, row.traces);
    }
    this.insert.run(values);
    this.apply(deltas);
  }

  /** Removes the counts of deleted traces, and facets that no other trace has. */
  delete(traces: readonly number[]): void {
    const deltas = new Deltas();
    const facets = new Set<number>();
    for (const trace of traces) {
      const counted = this.read(trace);
      if (!counted) continue;
      deltas.take(counted, -1);
      for (const { facet } of counted.rows) if (facet > 0) facets.add(facet);
      this.deleteOf.run([trace]);
    }
    this.apply(deltas);
    this.facets.deleteWithoutTraces(facets);
  }

  /** The rows for the occurrences found in a trace. */
  counted(facts: TraceFacts, occurrences: readonly Occurrence[]): Counted {
    const { start } = facts;
    const byKey = new Map<string, CountedRow>();
    // The same route is repeated for each of its occurrences.
    const numbers = new Map<Facet, number>();
    const numberOf = (facet: Facet): number => {
      let number = numbers.get(facet);
      if (number === undefined) {
        numbers.set(facet, (number = this.facets.numberOf(facet, start)));
      }
      return number;
    };
    for (const each of occurrences) {
      const { facet, route, bin, count, seconds, fault, error, throttle, traces } = each;
      const row: CountedRow = {
        kind: facet.kind,
        facet: numberOf(facet),
        route: route ? numberOf(route) : 0,
        bin,
        count,
        seconds,
        fault,
        error,
        throttle,
        traces,
      };
      // Facets beyond the maximum of their kind share a number.
      const key = `${row.facet} ${row.route} ${row.bin}`;
      const known = byKey.get(key);
      if (known) addSum(known, row);
      else byKey.set(key, row);
    }
    return {
      start,
      rows: [wholeTrace({ ...facts, bin: binOf(facts.duration) }), ...byKey.values()],
    };
  }

  private apply(deltas: Deltas): void {
    const values: SqlValue[] = [];
    for (const { at, row } of deltas.all()) {
      if (!NUMBERS.some((each) => row[each] !== 0)) continue;
      values.push(row.kind, MINUTE, at, row.facet, row.route, row.bin);
      values.push(row.count, row.seconds, row.fault, row.error, row.throttle, row.traces);
    }
    this.add.run(values);
    for (const { at, row } of deltas.all()) {
      if (row.count < 0)
        this.deleteEmpty.run([row.kind, MINUTE, at, row.facet, row.route, row.bin]);
    }
  }
}

/** The change of one row of the aggregates. */
interface Delta {
  /** The start of the minute. */
  at: number;
  row: CountedRow;
}

/** Sums the changes per minute, so that each row is written once. */
class Deltas {
  private readonly minutes = new Map<string, Delta>();

  take({ start, rows }: Counted, sign: 1 | -1): void {
    for (const row of rows) put(this.minutes, start, row, sign);
  }

  all(): Iterable<Delta> {
    return this.minutes.values();
  }
}

function put(into: Map<string, Delta>, time: number, row: CountedRow, sign: 1 | -1): void {
  const { kind, facet, route, bin } = row;
  const at = Math.floor(time / MINUTE) * MINUTE;
  const key = `${at} ${facet} ${route} ${bin}`;
  let sum = into.get(key)?.row;
  if (!sum) {
    sum = { ...emptySum(), kind, facet, route, bin };
    into.set(key, { at, row: sum });
  }
  addSum(sum, row, sign);
}

function wholeTrace({
  bin,
  duration,
  flags,
}: {
  bin: number;
  duration: number;
  flags: number;
}): CountedRow {
  const trouble = troubleOf(flags);
  return {
    kind: WHOLE_TRACE,
    facet: 0,
    route: 0,
    bin,
    count: 1,
    seconds: duration,
    ...trouble,
    traces: 1,
  };
}

/** Both lists have their rows in the order of the table's key. */
function isSame(a: Counted, b: Counted): boolean {
  return a.start === b.start && JSON.stringify(sorted(a.rows)) === JSON.stringify(sorted(b.rows));
}

function sorted(rows: readonly CountedRow[]): unknown[] {
  return rows
    .map((row) => [row.kind, row.facet, row.route, row.bin, ...NUMBERS.map((each) => row[each])])
    .sort((x, y) => x[0]! - y[0]! || x[1]! - y[1]! || x[2]! - y[2]! || x[3]! - y[3]!);
}

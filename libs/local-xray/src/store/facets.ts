import { type Facet, type FacetKind, keyOf } from '../aggregates/facets';
import type { Driver, Statement } from './driver';

/** How many numbers are cached. Others are looked up in the database. */
const MAX_REMEMBERED = 5000;
/** Maximum number of facets of one kind: a client that sends random names must not create a row for each. */
const MAX_OF_KIND = 5000;
const OTHERS = '(all others)';

/** Assigns numbers to facets and stores each facet once. */
export class Facets {
  private readonly remembered = new Map<string, number>();
  private readonly counts = new Map<FacetKind, number>();
  private readonly find: Statement;
  private readonly insert: Statement;
  private readonly last: Statement;
  private readonly count: Statement;
  private readonly deleteUnused: Statement;
  private next: number;

  constructor(driver: Driver) {
    this.find = driver.prepare('SELECT n FROM facets WHERE key = ?');
    this.insert = driver.prepare(
      'INSERT INTO facets (n, kind, key, name, body, first) VALUES (?, ?, ?, ?, ?, ?)',
    );
    this.last = driver.prepare('SELECT coalesce(max(n), 0) AS n FROM facets');
    this.count = driver.prepare('SELECT kind, count(*) AS count FROM facets GROUP BY kind');
    this.deleteUnused = driver.prepare(
      'DELETE FROM facets WHERE n = ? AND NOT EXISTS (SELECT 1 FROM occurrences WHERE facet = ?)',
    );
    this.next = 1;
    this.forget();
  }

  /** The number of a facet, which is stored if it is new. `start` is the start of the trace it was first seen in. */
  numberOf(facet: Facet, start: number): number {
    const key = keyOf(facet);
    const known = this.remembered.get(key);
    if (known !== undefined) return known;
    const n = this.find.get<{ n: number }>([key])?.n ?? this.add(facet, key, start);
    if (this.remembered.size >= MAX_REMEMBERED) {
      const [oldest] = this.remembered.keys();
      this.remembered.delete(oldest!);
    }
    this.remembered.set(key, n);
    return n;
  }

  /** Deletes those of the given facets that no trace has any more. */
  deleteWithoutTraces(numbers: Iterable<number>): void {
    for (const n of numbers) this.deleteUnused.run([n, n]);
  }

  /** Call this after a rollback, and when facets were deleted. */
  forget(): void {
    this.remembered.clear();
    this.counts.clear();
    for (const { kind, count } of this.count.all<{ kind: FacetKind; count: number }>()) {
      this.counts.set(kind, count);
    }
    // Never reuse a number: a reader may still use it for the old facet.
    this.next = Math.max(this.next, this.last.get<{ n: number }>()!.n + 1);
  }

  private add(facet: Facet, key: string, start: number): number {
    const { kind, name, body } = facet;
    const count = this.counts.get(kind) ?? 0;
    if (count >= MAX_OF_KIND && name !== OTHERS) {
      return this.numberOf({ kind, name: OTHERS, body: {} }, start);
    }
    const n = this.next++;
    this.insert.run([n, kind, key, name, JSON.stringify(body), start]);
    this.counts.set(kind, count + 1);
    return n;
  }
}

import { type Facet, type FacetKind, keyOf } from '../aggregates/facets';
import type { Driver, Statement } from './driver';

/** More are looked up in the database. */
const MAX_REMEMBERED = 5000;
/** Of one kind: what sends made-up names must not make a row for each. Those beyond share one. */
const MAX_OF_KIND = 5000;
const OTHERS = '(all others)';

/** Numbers for facets, each of which is stored once. */
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

  /** The facet's number; stores it when it is new. `start` is that of the trace it was first seen in. */
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

  /** Deletes those of the facets that no trace has any more. */
  deleteWithoutTraces(numbers: Iterable<number>): void {
    for (const n of numbers) this.deleteUnused.run([n, n]);
  }

  /** To be called after a rollback, and when facets were deleted. */
  forget(): void {
    this.remembered.clear();
    this.counts.clear();
    for (const { kind, count } of this.count.all<{ kind: FacetKind; count: number }>()) {
      this.counts.set(kind, count);
    }
    // Never lower: a number given to a reader must not come to mean another facet.
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

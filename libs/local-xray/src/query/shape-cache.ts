import type { QueryDatabase } from './query-database';
import { decodeShape, type Shape } from '../trace/trace-shape';

/** Limits memory: a client that generates names could give each trace its own shape. */
const MAX_CACHED = 5_000;
const PAGE = 1_000;

/** The distinct shapes of the traces, decoded. A number is never reused for another shape. */
export class ShapeCache {
  private readonly decoded = new Map<number, Shape>();
  private last = 0;

  constructor(private readonly database: QueryDatabase) {}

  /** Visits every shape, possibly including some that were deleted with their last trace. */
  each(look: (n: number, shape: Shape) => void): void {
    for (const [n, shape] of this.decoded) look(n, shape);
    let from = this.last;
    const page = this.database.prepare('SELECT n, body FROM shapes WHERE n > ? ORDER BY n LIMIT ?');
    for (;;) {
      const rows = page.all<{ n: number; body: string }>([from, PAGE]);
      for (const { n, body } of rows) {
        from = n;
        const known = this.decoded.get(n);
        if (!known) look(n, this.keep(n, decodeShape(body)));
        if (this.decoded.has(n)) this.last = n;
      }
      if (rows.length < PAGE) break;
    }
    if (this.decoded.size >= MAX_CACHED) this.dropDeleted();
  }

  get(n: number): Shape {
    const known = this.decoded.get(n);
    if (known) return known;
    const [row] = this.database
      .prepare('SELECT body FROM shapes WHERE n = ?')
      .all<{ body: string }>([n]);
    return row ? this.keep(n, decodeShape(row.body)) : { nodes: [], edges: [] };
  }

  private keep(n: number, shape: Shape): Shape {
    if (this.decoded.size < MAX_CACHED) this.decoded.set(n, shape);
    return shape;
  }

  private dropDeleted(): void {
    const there = new Set(
      this.database
        .prepare('SELECT n FROM shapes WHERE n <= ?')
        .all<{ n: number }>([this.last])
        .map(({ n }) => n),
    );
    for (const n of this.decoded.keys()) if (!there.has(n)) this.decoded.delete(n);
  }
}

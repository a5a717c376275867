import type { Driver, Statement } from './driver';

/** How many numbers are cached. A client that sends random names could give each trace its own shape. */
const MAX_REMEMBERED = 5000;

/** Assigns numbers to shapes and stores each shape once. */
export class Shapes {
  private readonly remembered = new Map<string, number>();
  private readonly find: Statement;
  private readonly insert: Statement;
  private readonly last: Statement;
  private next: number;

  constructor(driver: Driver) {
    this.find = driver.prepare('SELECT n FROM shapes WHERE body = ?');
    this.insert = driver.prepare('INSERT INTO shapes (n, body) VALUES (?, ?)');
    this.last = driver.prepare('SELECT coalesce(max(n), 0) AS n FROM shapes');
    this.next = this.lastNumber() + 1;
  }

  /** The number of a shape, which is stored if it is new. */
  numberOf(shape: string): number {
    const known = this.remembered.get(shape);
    if (known !== undefined) return known;
    let n = this.find.get<{ n: number }>([shape])?.n;
    if (n === undefined) {
      n = this.next++;
      this.insert.run([n, shape]);
    }
    if (this.remembered.size >= MAX_REMEMBERED) {
      const [oldest] = this.remembered.keys();
      this.remembered.delete(oldest!);
    }
    this.remembered.set(shape, n);
    return n;
  }

  /** Call this after a rollback, and when shapes were deleted. */
  forget(): void {
    this.remembered.clear();
    // Never reuse a number: a reader may still use it for the old shape.
    this.next = Math.max(this.next, this.lastNumber() + 1);
  }

  private lastNumber(): number {
    return this.last.get<{ n: number }>()!.n;
  }
}

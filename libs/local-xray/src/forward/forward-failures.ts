import type { ForwardProblem } from './forwarder';

/** More kinds of failure are not told apart. */
const MAX_REASONS = 20;

/** Counts what could not be forwarded, and tells the first of each reason, the tenth, the hundredth and so on. */
export class ForwardFailures {
  private readonly lost = new Map<string, number>();

  /** @param target as in `the daemon at udp://127.0.0.1:2000` */
  constructor(
    private readonly target: string,
    private readonly problem: ForwardProblem,
  ) {}

  /** @param what what `count` counts */
  add(why: string, count = 1, what = 'documents'): void {
    const before = this.lost.get(why);
    if (before === undefined && this.lost.size >= MAX_REASONS) return;
    const now = (before ?? 0) + count;
    this.lost.set(why, now);
    if (before !== undefined && String(before).length === String(now).length) return;
    this.problem(`So far ${now} ${what} could not be forwarded to ${this.target}: ${why}`);
  }
}

import type { ForwardProblem } from './forwarder';

/** The most kinds of failures that are counted separately. */
const MAX_REASONS = 20;

/** Counts what could not be forwarded. Logs the 1st, 10th, 100th and so on for each reason. */
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

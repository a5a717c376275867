import type { Segment } from './segment';

/** How long a segment may be open before it is sent as in progress. */
const LATE_S = 1;
const LOOK_MS = 500;
/** Segments that stay open are remembered weakly; of more than this, the oldest are forgotten. */
const MAX_LATE = 10_000;

/**
 * The segments that are open. A young one is held; one that stays open is reported
 * once and from then on kept by nobody but those who work on it.
 */
export class OpenSegments {
  private readonly young = new Set<Segment>();
  private late: WeakRef<Segment>[] = [];
  private timer: NodeJS.Timeout | undefined;

  /** @param report is told of each segment that has been open for a second; undefined does not look. */
  constructor(private readonly report: ((segment: Segment) => void) | undefined) {}

  add(segment: Segment): void {
    this.young.add(segment);
    if (this.timer === undefined) {
      this.timer = setInterval(() => this.look(), LOOK_MS);
      this.timer.unref();
    }
  }

  remove(segment: Segment): void {
    this.young.delete(segment);
  }

  /** What is open now, the oldest first. */
  all(): Segment[] {
    const late = this.late.map((reference) => reference.deref());
    return [...late, ...this.young].filter(
      (segment): segment is Segment => segment !== undefined && segment.end_time === undefined,
    );
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    for (const segment of this.young) {
      if (segment.now() - segment.start_time < LATE_S) break;
      this.young.delete(segment);
      this.late.push(new WeakRef(segment));
      this.report?.(segment);
    }
    this.late = this.late
      .filter((reference) => reference.deref()?.end_time === undefined && reference.deref())
      .slice(-MAX_LATE);
    if (this.young.size === 0 && this.late.length === 0) this.stop();
  }
}

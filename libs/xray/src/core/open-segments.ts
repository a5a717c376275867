import type { RecordedSegment } from './recorded-node';
import { clearInterval, setInterval } from './real-time';

/** How long a segment may be open before it is sent as in progress. */
const LATE_S = 1;
const LOOK_MS = 500;
/**
 * Segments that stay open are held by weak references. Above this number, the oldest are forgotten.
 */
const MAX_LATE = 10_000;

/**
 * The open segments. Recent ones are strongly referenced. A segment that stays open is passed to
 * `onLate` once and from then on held by a weak reference, so that abandoned segments can be
 * collected.
 */
export class OpenSegments {
  private oldest: RecordedSegment | undefined;
  private newest: RecordedSegment | undefined;
  private late: WeakRef<RecordedSegment>[] = [];
  private timer: NodeJS.Timeout | undefined;

  /**
   * @param onLate called once for each segment that has been open for a second; undefined disables
   *   the check.
   */
  constructor(private readonly onLate: ((segment: RecordedSegment) => void) | undefined) {}

  add(segment: RecordedSegment): void {
    segment.older = this.newest;
    if (this.newest === undefined) this.oldest = segment;
    else this.newest.newer = segment;
    this.newest = segment;
    if (this.timer === undefined) {
      this.timer = setInterval(() => this.look(), LOOK_MS);
      this.timer.unref();
    }
  }

  /** Does nothing for a late segment, or one that was never added. */
  remove(segment: RecordedSegment): void {
    const { older, newer } = segment;
    if (older !== undefined) older.newer = newer;
    else if (this.oldest === segment) this.oldest = newer;
    else return;
    if (newer !== undefined) newer.older = older;
    else this.newest = older;
    segment.older = segment.newer = undefined;
  }

  /** All open segments, oldest first. */
  all(): RecordedSegment[] {
    const open = this.late.map((reference) => reference.deref());
    for (let next = this.oldest; next !== undefined; next = next.newer) open.push(next);
    return open.filter(
      (segment): segment is RecordedSegment =>
        segment !== undefined && segment.end_time === undefined,
    );
  }

  stop(): void {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private look(): void {
    let segment = this.oldest;
    while (segment !== undefined && segment.now() - segment.start_time >= LATE_S) {
      const { newer }: RecordedSegment = segment;
      this.remove(segment);
      this.late.push(new WeakRef(segment));
      this.onLate?.(segment);
      segment = newer;
    }
    this.late = this.late
      .filter((reference) => reference.deref()?.end_time === undefined && reference.deref())
      .slice(-MAX_LATE);
    if (this.oldest === undefined && this.late.length === 0) this.stop();
  }
}

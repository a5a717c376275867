import type { Clock } from './sampling-clock';

/** Accepts a fixed number of requests in each second of the clock. */
export class Reservoir {
  private second = -1;
  private taken = 0;

  constructor(private readonly clock: Clock) {}

  /** True for the first `perSecond` requests of a second. */
  take(perSecond: number): boolean {
    const second = Math.floor(this.clock());
    if (second !== this.second) {
      this.second = second;
      this.taken = 0;
    }
    if (this.taken >= perSecond) return false;
    this.taken++;
    return true;
  }
}

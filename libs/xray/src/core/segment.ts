import { textOf } from './foreign-values';
import type { ServiceDocument } from '../document';
import { clockOffset } from './clock';
import { Node } from './node';
import type { Carried } from './carried';
import { CROWD, type RecordedSegment, type SegmentOwner } from './recorded-node';
import { performance } from './real-time';

export class Segment extends Node implements RecordedSegment {
  declare readonly type: 'subsegment' | undefined;
  user: string | undefined = undefined;
  parent_id: string | undefined;
  declare origin: string | undefined;
  declare service: ServiceDocument | undefined;

  extra: string | undefined;
  declare carried: Carried | undefined;
  thrown: Map<unknown, string> | undefined = undefined;
  annotationCount = 0;
  closedWithin = 0;
  crowdedAt = CROWD;
  older: RecordedSegment | undefined = undefined;
  newer: RecordedSegment | undefined = undefined;
  readonly clock: number;

  constructor(
    name: string,
    readonly owner: SegmentOwner,
    public trace_id: string,
    parentId?: string,
    extra?: string,
  ) {
    const clock = clockOffset();
    super(name, (clock + performance.now()) / 1000);
    this.clock = clock;
    this.parent_id = parentId;
    this.extra = extra;
  }

  get root(): this {
    return this;
  }

  now(): number {
    return (this.clock + performance.now()) / 1000;
  }

  setUser(user: string): void {
    this.user = textOf(user).slice(0, 250);
  }

  detach(): void {
    this.owner.forget(this);
  }

  reopen(): boolean {
    if (this.end_time !== undefined) return false;
    if (this.subsegments === undefined) this.start_time = this.now();
    this.owner.track(this);
    return true;
  }

  end(at = this.now()): void {
    this.end_time = at;
    this.owner.closed(this);
  }
}

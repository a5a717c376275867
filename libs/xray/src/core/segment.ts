import type { SegmentDocument, ServiceDocument } from '../document';
import { clockOffset } from './clock';
import { Node } from './node';
import type { Recorder } from './recorder';
import { segmentDocument } from './serialise';

/** The work one service does for one request; the root of what this process records of it. */
export class Segment extends Node {
  user: string | undefined = undefined;
  parent_id: string | undefined;
  declare origin: string | undefined;
  declare service: ServiceDocument | undefined;

  /** Parts of the incoming trace header to pass on. */
  extra: string | undefined;
  /** What was thrown inside and the id it has, so that the same exception is stored once. */
  thrown: Map<unknown, string> | undefined = undefined;
  /** How many annotations this process has put in the trace. */
  annotationCount = 0;
  /** Its neighbours among the open segments, which are linked so that hundreds a second cost nothing. */
  older: Segment | undefined = undefined;
  newer: Segment | undefined = undefined;
  /** Milliseconds that turn `performance.now()` into epoch milliseconds; see clock.ts. */
  readonly clock: number;

  constructor(
    name: string,
    readonly recorder: Recorder,
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

  /** Epoch seconds on this segment's own clock. */
  now(): number {
    return (this.clock + performance.now()) / 1000;
  }

  /** Names the user that the request was made for; searchable as `user`. */
  setUser(user: string): void {
    this.user = String(user).slice(0, 250);
  }

  detach(): void {}

  reopen(): boolean {
    if (this.end_time !== undefined) return false;
    if (this.subsegments === undefined) this.start_time = this.now();
    return true;
  }

  end(): void {
    this.end_time = this.now();
    this.recorder.segmentClosed(this);
  }

  toJSON(): SegmentDocument {
    return segmentDocument(this);
  }
}

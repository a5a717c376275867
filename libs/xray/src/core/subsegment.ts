import type { SqlDocument, SubsegmentDocument } from '../document';
import type { TraceNode } from './context';
import { Node } from './node';
import type { Segment } from './segment';
import { aloneDocument } from './serialise';

/** A part of the work inside a segment: a method, a query, a call. */
export class Subsegment extends Node {
  /** The segment it belongs to. */
  segment: Segment;
  declare namespace: string | undefined;
  declare traced: boolean | undefined;
  declare sql: SqlDocument | undefined;

  /** Opens it under `parent`, which may be closed already: the work was started from there. */
  constructor(
    name: string,
    public parent: TraceNode,
  ) {
    const segment = parent.root;
    super(name, (segment.clock + performance.now()) / 1000);
    this.segment = segment;
    const siblings = parent.subsegments;
    if (siblings === undefined) parent.subsegments = [this];
    else siblings.push(this);
  }

  detach(): void {
    const siblings = this.parent.subsegments;
    if (siblings === undefined) return;
    if (siblings.at(-1) === this) siblings.pop();
    else {
      const at = siblings.indexOf(this);
      if (at >= 0) siblings.splice(at, 1);
    }
    if (siblings.length === 0) this.parent.subsegments = undefined;
  }

  reopen(parent: TraceNode = this.parent): boolean {
    if (this.subsegments !== undefined) {
      if (this.segment.end_time !== undefined) return false;
      this.end_time = undefined;
      return true;
    }
    this.segment = parent.root;
    this.parent = parent;
    this.start_time = this.segment.now();
    (parent.subsegments ??= []).push(this);
    return true;
  }

  get root(): Segment {
    return this.segment;
  }

  end(): void {
    const { segment } = this;
    this.end_time = segment.now();
    if (segment.end_time !== undefined) segment.recorder.subsegmentOutlived(this);
  }

  /** The document as it is sent on its own, with its trace and parent. */
  toJSON(): SubsegmentDocument {
    return aloneDocument(this);
  }
}

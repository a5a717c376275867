import type { SqlDocument } from '../document';
import { Node } from './node';
import type { RecordedNode, RecordedSegment, RecordedSubsegment } from './recorded-node';
import { performance } from './real-time';

export class Subsegment extends Node implements RecordedSubsegment {
  segment: RecordedSegment;
  leftAlone = false;
  declare namespace: string | undefined;
  declare traced: boolean | undefined;
  declare sql: SqlDocument | undefined;
  declare hidesInnerCalls: boolean | undefined;

  /**
   * Opens a subsegment of `parent`. The parent may already be closed if the work was started from
   * there.
   */
  constructor(
    name: string,
    public parent: RecordedNode,
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

  reopen(parent: RecordedNode = this.parent): boolean {
    if (this.subsegments !== undefined) {
      if (this.segment.end_time !== undefined || this.hasLeft) return false;
      this.end_time = undefined;
      return true;
    }
    this.segment = parent.root;
    this.parent = parent;
    this.start_time = this.segment.now();
    (parent.subsegments ??= []).push(this);
    return true;
  }

  leave(): void {
    this.hasLeft = this.leftAlone = true;
    this.parent.forget();
  }

  get root(): RecordedSegment {
    return this.segment;
  }

  end(at?: number): void {
    const { segment } = this;
    this.end_time = at ?? segment.now();
    if (segment.end_time !== undefined || this.parent.hasLeft) segment.owner.outlived(this);
    else if (++segment.closedWithin >= segment.crowdedAt) segment.owner.crowded(segment);
  }
}

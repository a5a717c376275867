import type { SegmentOwner } from './recorded-node';
import { Segment } from './segment';

/** What the segment of an invocation asks of its owner besides. */
export interface InvocationOwner extends SegmentOwner {
  /** An invocation has ended: what was recorded in it leaves. */
  invocationEnded(segment: LambdaSegment): void;
}

/**
 * Stands for the segment that AWS Lambda itself sends for the function. It has that
 * one's id and is not sent: what is recorded in it leaves as subsegments of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
export class LambdaSegment extends Segment {
  constructor(
    name: string,
    override readonly owner: InvocationOwner,
    traceId: string,
    extra?: string,
  ) {
    super(name, owner, traceId, undefined, extra);
  }

  /** Lambda has opened it already. */
  override detach(): void {}

  override reopen(): boolean {
    return this.end_time === undefined;
  }

  override end(at = this.now()): void {
    this.end_time = at;
    this.owner.invocationEnded(this);
  }
}

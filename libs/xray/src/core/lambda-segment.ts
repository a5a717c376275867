import type { SegmentOwner } from './recorded-node';
import { Segment } from './segment';

/** What the segment of an invocation asks of its owner besides. */
export interface InvocationOwner extends SegmentOwner {
  /** An invocation has ended: what was recorded in it leaves. */
  invocationEnded(segment: LambdaSegment): void;
}

let cold = true;

/**
 * The work of one invocation of a function on AWS Lambda. The segment of the function is Lambda's to
 * send; this leaves as one subsegment of it, and carries what the root of a trace carries elsewhere:
 * name, annotations, exception, HTTP. Annotation `ColdStart` is true on the first of a process.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
export class LambdaSegment extends Segment {
  override readonly type = 'subsegment';

  constructor(
    name: string,
    override readonly owner: InvocationOwner,
    traceId: string,
    lambdaId: string,
    extra?: string,
  ) {
    super(name, owner, traceId, lambdaId, extra);
    this.addAnnotation('ColdStart', cold);
    cold = false;
  }

  /** A subsegment has no field for the user. */
  override setUser(user: string): void {
    this.addAnnotation('user', String(user).slice(0, 250));
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

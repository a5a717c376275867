import { textOf } from './foreign-values';
import type { SegmentOwner } from './recorded-node';
import { Segment } from './segment';

/** What the segment of an invocation additionally needs from its owner. */
export interface InvocationOwner extends SegmentOwner {
  /** An invocation has ended: its documents are sent now. */
  invocationEnded(segment: LambdaSegment): void;
}

let cold = true;

/**
 * The work of one invocation of a function on AWS Lambda. Lambda sends the segment of the function;
 * this one is sent as a subsegment of it. It holds what is elsewhere on the root: name,
 * annotations, exception, HTTP. The annotation `ColdStart` is true for the first invocation of a
 * process. https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
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

  /** A subsegment document has no field for the user. */
  override setUser(user: string): void {
    this.addAnnotation('user', textOf(user).slice(0, 250));
  }

  /** Lambda has already opened the segment. */
  override detach(): void {}

  override reopen(): boolean {
    return this.end_time === undefined;
  }

  override end(at = this.now()): void {
    this.end_time = at;
    this.owner.invocationEnded(this);
  }
}

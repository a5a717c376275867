import { Segment } from './segment';

/**
 * Stands for the segment that AWS Lambda itself sends for the function. It has that
 * one's id and is not sent: what is recorded in it leaves as subsegments of it.
 * https://docs.aws.amazon.com/lambda/latest/dg/services-xray.html
 */
export class LambdaSegment extends Segment {
  override end(): void {
    this.end_time = this.now();
    this.recorder.emitDeep(this);
    const children = this.subsegments ?? [];
    this.subsegments = undefined;
    this.recorder.lambdaDone(this, children);
  }
}

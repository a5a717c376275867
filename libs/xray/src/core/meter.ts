import type {
  RecordedNode,
  RecordedSegment,
  RecordedSubsegment,
  SegmentOwner,
} from './recorded-node';
import { takeClosed } from './take-closed';
import { Unsampled } from './unsampled';

/** Computes metrics from what was recorded, sampled or not. */
export interface Meter {
  /** Counts a closed segment or subsegment, with the calls recorded in it. Must not throw. */
  measure(closed: RecordedNode): void;
  /** Sends what was measured so far. */
  flush(): Promise<void>;
  /** Sends the rest and ends the timers. */
  close(): Promise<void>;
}

/**
 * Whether requests that are not sampled may be measured. Not together with AWS's SDK: its patchers
 * would send called services a header that says the segment is sampled.
 */
export const measuring = { unsampled: true };

/**
 * Owns the segments of requests that are not sampled but are measured. They are recorded like
 * others and propagate `Sampled=0`; nothing of them is sent.
 */
export class MeasuredOnly implements SegmentOwner {
  readonly sampled = false;
  readonly redact;
  readonly maxMetadataLength;
  readonly outgoing;
  readonly indexes;

  constructor(
    recorder: SegmentOwner,
    private readonly meter: Meter,
  ) {
    this.redact = recorder.redact;
    this.maxMetadataLength = recorder.maxMetadataLength;
    this.outgoing = recorder.outgoing;
    this.indexes = recorder.indexes;
    this.warn = (cause, message) => recorder.warn(cause, message);
  }

  readonly warn: SegmentOwner['warn'];

  /** Work that begins after its request has been measured is not. */
  open(): Unsampled {
    return new Unsampled(undefined, undefined, this.outgoing);
  }

  track(): void {}
  forget(): void {}

  closed(segment: RecordedSegment): void {
    this.meter.measure(segment);
  }

  crowded(segment: RecordedSegment): void {
    for (const each of takeClosed(segment)) this.meter.measure(each);
  }

  outlived(subsegment: RecordedSubsegment): void {
    subsegment.leave();
    this.meter.measure(subsegment);
  }
}

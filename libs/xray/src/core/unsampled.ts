import { formatTraceHeader, newId, newTraceId } from '../document';
import type { Carried } from './carried';
import type { OutgoingPolicy } from './outgoing';

/**
 * Stands for the segment of a request that is not sampled: records nothing and
 * passes `Sampled=0` on, so that services further down do not record it either.
 */
export class Unsampled {
  readonly notTraced = true;

  constructor(
    /** That of the caller, if there is one. */
    private traceId?: string,
    /** Other parts of the incoming header, passed on as they came. */
    readonly extra?: string,
    /** Tells which calls pass it on. */
    readonly outgoing?: OutgoingPolicy,
    /** What W3C's headers brought along, to be passed on. */
    readonly carried?: Carried,
  ) {}

  /** Made when first asked for: where nothing is called, nobody needs it. */
  get trace_id(): string {
    return (this.traceId ??= newTraceId());
  }

  /** The header for an outgoing call. Parent is random: no segment will have that id. */
  traceHeader(): string {
    return formatTraceHeader({
      root: this.trace_id,
      parent: newId(),
      sampled: false,
      extra: this.extra,
    });
  }
}

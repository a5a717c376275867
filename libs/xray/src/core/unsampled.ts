import { formatTraceHeader, newId, newTraceId } from '../document';
import type { Carried } from './carried';
import type { OutgoingPolicy } from './outgoing';

/**
 * Takes the place of the segment of a request that is not sampled. It records nothing and
 * propagates `Sampled=0`, so that called services do not record the request either.
 */
export class Unsampled {
  readonly notTraced = true;

  constructor(
    /** The caller's trace id, if there is one. */
    private traceId?: string,
    /** Other fields of the incoming header, passed on unchanged. */
    readonly extra?: string,
    /** Decides which outgoing calls carry the header. */
    readonly outgoing?: OutgoingPolicy,
    /** Values of the incoming W3C headers, passed on unchanged. */
    readonly carried?: Carried,
  ) {}

  /** Created when first read: many requests make no outgoing calls. */
  get trace_id(): string {
    return (this.traceId ??= newTraceId());
  }

  /** The header for an outgoing call. The parent id is random, because there is no segment. */
  traceHeader(): string {
    return formatTraceHeader({
      root: this.trace_id,
      parent: newId(),
      sampled: false,
      extra: this.extra,
    });
  }
}

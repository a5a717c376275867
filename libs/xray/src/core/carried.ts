/** Parts of an incoming trace that travel in headers of their own. */
export interface Carried {
  readonly tracestate?: string;
  readonly baggage?: string;
}

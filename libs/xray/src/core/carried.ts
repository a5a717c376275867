/** Parts of an incoming trace that arrive in headers of their own and are passed on unchanged. */
export interface Carried {
  readonly tracestate?: string;
  readonly baggage?: string;
}

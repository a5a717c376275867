/** The facts that a sampling decision is based on. */
export interface SamplingRequest {
  serviceName: string;
  method?: string;
  host?: string;
  /** Without the query string. */
  path?: string;
}

/** Decides whether a request is recorded, and by which rule. */
export interface Sampler {
  decide(request: SamplingRequest): { sampled: boolean; ruleName?: string };
  /** Starts background work, such as fetching rules. */
  start?(): void;
  /** Stops the background work. */
  close?(): void;
}

/** What sampling decides on. */
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
  /** Begins what it does besides, such as fetching rules. */
  start?(): void;
  /** Ends that. */
  close?(): void;
}

export interface MatcherResult {
  pass: boolean;
  message: () => string;
}

/** What Jest and Vitest give to a matcher as `this`, as far as it is used here. */
export interface MatcherContext {
  isNot?: boolean;
  currentTestName?: string;
  /** Jest's. */
  snapshotState?: {
    match(options: { testName: string; received: string; isInline: boolean }): {
      pass: boolean;
      expected?: string;
    };
  };
}

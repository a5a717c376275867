export interface MatcherResult {
  pass: boolean;
  message: () => string;
}

/** The part of a matcher's `this` in Jest and Vitest that is used here. */
export interface MatcherContext {
  isNot?: boolean;
  currentTestName?: string;
  /** Only in Jest. */
  snapshotState?: {
    match(options: { testName: string; received: string; isInline: boolean }): {
      pass: boolean;
      expected?: string;
    };
  };
}

import type { SubsegmentDocument } from '../document';
import type { Like } from './matchers';
import type { HintKind } from './trace-tree';

/**
 * The types of the matchers. For Jest's `expect` of @types/jest, importing this package is enough.
 * For Vitest, add
 *
 * ```ts
 * declare module 'vitest' {
 *   interface Matchers<T = any> extends TraceMatchers<T> {}
 * }
 * ```
 */
export interface TraceMatchers<R = void> {
  /** The trace contains a subsegment with this name and every property of `like`. */
  toHaveSubsegment(name: string, like?: Like<SubsegmentDocument>): R;
  /**
   * The number of database queries is within the limits. BEGIN, COMMIT and the like are not
   * counted.
   */
  toHaveQueries(limits: { atMost?: number; atLeast?: number }): R;
  /**
   * The trace has no N+1 queries, no repeated calls in a loop and no avoidable sequential awaits.
   */
  toHaveNoHints(options?: { except?: readonly HintKind[] }): R;
  /** The tree matches the snapshot. Ids, times and literals are left out. */
  toMatchTrace(): R;
}

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace
  namespace jest {
    // As @types/jest declares it.
    // eslint-disable-next-line @typescript-eslint/no-unused-vars, @typescript-eslint/no-empty-object-type
    interface Matchers<R, T = {}> extends TraceMatchers<R> {}
  }
}

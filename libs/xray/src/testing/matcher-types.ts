import type { SubsegmentDocument } from '../document';
import type { Like } from './matchers';
import type { HintKind } from './trace-tree';

/**
 * The types of the matchers. Jest's `expect` of @types/jest has them by the import; with Vitest add
 *
 * ```ts
 * declare module 'vitest' {
 *   interface Matchers<T = any> extends TraceMatchers<T> {}
 * }
 * ```
 */
export interface TraceMatchers<R = void> {
  /** Somewhere in the trace is a subsegment of this name that has all that `like` has. */
  toHaveSubsegment(name: string, like?: Like<SubsegmentDocument>): R;
  /** So many queries to a database were made; BEGIN, COMMIT and the like are not counted. */
  toHaveQueries(limits: { atMost?: number; atLeast?: number }): R;
  /** The trace suffers from none of: N+1 queries, calls in a loop, awaits in a row. */
  toHaveNoHints(options?: { except?: readonly HintKind[] }): R;
  /** The tree is as the snapshot has it; ids, times and literals are left out. */
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

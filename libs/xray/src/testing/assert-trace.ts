import { AssertionError } from 'node:assert';
import type { MatcherResult } from './matcher-context';
import { traceMatchers } from './matchers';
import type { Recorded } from './recorded';

const { toHaveSubsegment, toHaveQueries, toHaveNoHints } = traceMatchers;

type Arguments<Matcher extends (received: unknown, ...rest: never[]) => unknown> =
  Parameters<Matcher> extends [unknown, ...infer Rest] ? Rest : never;

export interface TraceAssertions {
  toHaveSubsegment(...expected: Arguments<typeof toHaveSubsegment>): void;
  toHaveQueries(...expected: Arguments<typeof toHaveQueries>): void;
  toHaveNoHints(...expected: Arguments<typeof toHaveNoHints>): void;
}

/**
 * The matchers for test runners without `expect.extend`, such as node:test.
 *
 * @throws AssertionError with the tree of the trace.
 * @example
 * assertTrace(xray).toHaveQueries({ atMost: 3 });
 */
export function assertTrace(recorded: Recorded): TraceAssertions {
  const check = ({ pass, message }: MatcherResult) => {
    if (!pass) throw new AssertionError({ message: message() });
  };
  return {
    toHaveSubsegment: (...expected) => check(toHaveSubsegment(recorded, ...expected)),
    toHaveQueries: (...expected) => check(toHaveQueries(recorded, ...expected)),
    toHaveNoHints: (...expected) => check(toHaveNoHints(recorded, ...expected)),
  };
}

import type { MatcherContext, MatcherResult } from './matcher-context';

interface VitestExpect {
  (text: string): { toMatchSnapshot(): void };
  getState(): { assertionCalls: number };
  setState(state: { assertionCalls: number }): void;
}

/** Compares with the snapshot that the test runner stores for the test. */
export function matchSnapshot(context: MatcherContext | undefined, text: string): MatcherResult {
  if (context?.isNot)
    throw new Error(
      'Cannot use expect(…).not.toMatchTrace(): a snapshot can only be matched. Remove ".not".',
    );
  if (context?.snapshotState) return matchInJest(context, context.snapshotState, text);
  // Vitest gives a matcher no access to snapshots, but stores its expect() globally.
  const expect = (globalThis as Record<symbol, unknown>)[Symbol.for('expect-global')];
  if (expect) return matchInVitest(expect as VitestExpect, text);
  throw new Error(
    'Cannot use toMatchTrace() here: it needs the snapshots of Jest or Vitest. With node:test, write t.assert.snapshot(traceText(xray)).',
  );
}

function matchInJest(
  { currentTestName = '' }: MatcherContext,
  snapshots: NonNullable<MatcherContext['snapshotState']>,
  text: string,
): MatcherResult {
  const testName = `${currentTestName}: trace`;
  const { pass, expected } = snapshots.match({ testName, received: text, isInline: false });
  return { pass, message: () => difference(expected, text) };
}

function matchInVitest(expect: VitestExpect, text: string): MatcherResult {
  const { assertionCalls } = expect.getState();
  try {
    expect(text).toMatchSnapshot();
    return { pass: true, message: () => '' };
  } catch (error) {
    const { expected } = error as { expected?: string };
    return { pass: false, message: () => difference(expected, text) };
  } finally {
    // Count one assertion, not two.
    expect.setState({ assertionCalls });
  }
}

function difference(expected: string | undefined, text: string): string {
  if (expected === undefined) {
    return `There is no snapshot of the trace, and in CI none is written. Run the test locally and commit the snapshot, which would be:\n\n${text}`;
  }
  const kept = expected.trim().replace(/^"|"$/g, '');
  return `The trace differs from its snapshot.\n\nThe snapshot:\n\n${kept}\n\nThe trace:\n\n${text}`;
}

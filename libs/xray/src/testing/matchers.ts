import { inspect } from 'node:util';
import type { SubsegmentDocument } from '../document';
import { isLike } from './is-like';
import type { MatcherContext, MatcherResult } from './matcher-context';
import { print, tracesOf } from './recorded';
import { matchSnapshot } from './snapshot';
import { hintsOf, type HintKind, queriesOf } from './trace-tree';

/** Properties of a subsegment document. Each may be a matcher such as `expect.any(Number)`. */
export type Like<T> = { [Key in keyof T]?: unknown };

/** Hints that depend on durations are left to the console: they would vary between machines. */
const LOOKED_FOR: readonly HintKind[] = ['n-plus-one', 'repeated-call', 'serial-awaits'];

function toHaveSubsegment(
  received: unknown,
  name: string,
  like: Like<SubsegmentDocument> = {},
): MatcherResult {
  const traces = tracesOf(received);
  const named = traces
    .flatMap(({ nodes }) => nodes)
    .filter((node) => node.kind === 'subsegment' && node.name === name);
  const pass = named.some(({ doc }) => isLike(doc, like));
  const keys = Object.keys(like);
  const wanted = `${inspect(name)}${keys.length > 0 ? ` with ${inspect(like)}` : ''}`;
  const found = named.map(({ doc }) =>
    inspect(Object.fromEntries(keys.map((key) => [key, doc[key as keyof typeof doc]]))),
  );
  const but =
    pass || named.length === 0
      ? ''
      : `\nThe subsegments with that name are:\n  ${found.join('\n  ')}\n`;
  return answer(pass, `a subsegment ${wanted}`, but, traces);
}

function toHaveQueries(
  received: unknown,
  { atMost = Infinity, atLeast = 0 }: { atMost?: number; atLeast?: number },
): MatcherResult {
  const traces = tracesOf(received);
  const count = traces.flatMap(queriesOf).length;
  const limits = [
    atMost < Infinity && `at most ${atMost}`,
    atLeast > 0 && `at least ${atLeast}`,
  ].filter(Boolean);
  const pass = count <= atMost && count >= atLeast;
  return answer(pass, `${limits.join(' and ')} queries`, `\nThere were ${count}.\n`, traces);
}

function toHaveNoHints(
  received: unknown,
  { except = [] }: { except?: readonly HintKind[] } = {},
): MatcherResult {
  const traces = tracesOf(received);
  const hints = traces
    .flatMap(hintsOf)
    .filter(({ kind }) => LOOKED_FOR.includes(kind) && !except.includes(kind));
  const lines = hints.map(({ title, evidence, advice }) => `${title}: ${evidence}.\n    ${advice}`);
  const but = hints.length === 0 ? '' : `\nThere are:\n  ${lines.join('\n  ')}\n`;
  return answer(hints.length === 0, 'no hints', but, traces);
}

function toMatchTrace(this: MatcherContext, received: unknown): MatcherResult {
  return matchSnapshot(this, print(tracesOf(received)));
}

function answer(
  pass: boolean,
  what: string,
  but: string,
  traces: ReturnType<typeof tracesOf>,
): MatcherResult {
  const message = () =>
    `Expected ${pass ? 'not to find ' : ''}${what} in what was recorded.\n${but}\n${print(traces)}`;
  return { pass, message };
}

/**
 * Matchers for what a MemoryEmitter recorded, for Jest and Vitest; `assertTrace` offers them for
 * node:test. A failing matcher prints the tree of the trace.
 *
 * @example
 * expect.extend(traceMatchers);
 * expect(xray).toHaveSubsegment('CartService.total', { fault: false });
 * expect(xray).toHaveQueries({ atMost: 3 });
 * expect(xray).toHaveNoHints(); // N+1 queries, calls in a loop, awaits in a row
 * expect(xray).toMatchTrace(); // a snapshot of the tree, without ids and times
 */
export const traceMatchers = { toHaveSubsegment, toHaveQueries, toHaveNoHints, toMatchTrace };

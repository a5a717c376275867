import { findRepeats } from './repeats';
import { findTrouble } from './trouble';
import { findWaits } from './waits';
import type { TraceTree } from '../trace-node';

/** The kinds of problems found in traces; also the values of the filter keyword `hint`. */
export const HINT_KINDS = [
  'n-plus-one',
  'repeated-call',
  'serial-awaits',
  'dominant-child',
  'unaccounted',
  'swallowed',
  'throttled',
] as const;

export type HintKind = (typeof HINT_KINDS)[number];

/** A problem found in a trace. */
export interface Hint {
  /** Stays the same after a reload. */
  id: string;
  kind: HintKind;
  /** The problem in a few words: `48 × the same SELECT`. */
  title: string;
  /** The subject without numbers; the same problem in another trace has the same subject. */
  subject: string;
  /** The method in which it occurred, if that helps. */
  place?: string;
  /** Where it occurred, and the evidence for it. */
  evidence: string;
  /** Why it matters, and what to do. */
  advice: string;
  /** The seconds that it costs, or that could be saved. */
  cost: number;
  /** True when `cost` is the most that could be saved. */
  upTo: boolean;
  /** The share of the time until the response, 0 to 1. */
  share: number;
  /** The keys of the nodes concerned, in the order of the waterfall. */
  nodes: string[];
}

/** What a finder returns; the other fields are computed from the tree. */
export type Finding = Omit<Hint, 'id' | 'share' | 'upTo'> & { upTo?: boolean };

/**
 * Finds the problems of a trace, the costliest first. Uses only what was recorded: whether
 * two awaits are independent can only be seen in the code.
 */
export function hintsOf(tree: TraceTree): Hint[] {
  // Work after the response does not delay the caller.
  const whole = tree.responseEnd ?? tree.duration;
  const repeats = findRepeats(tree);
  const explained = new Set(repeats.flatMap((finding) => finding.nodes));
  return [...repeats, ...findWaits(tree, whole, explained), ...findTrouble(tree)]
    .map((finding) => ({
      upTo: false,
      ...finding,
      id: `${finding.kind}-${finding.nodes[0] ?? ''}`,
      share: whole > 0 ? Math.min(1, finding.cost / whole) : 0,
    }))
    .sort((a, b) => b.cost - a.cost);
}

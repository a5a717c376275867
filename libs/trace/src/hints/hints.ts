import { findRepeats } from './repeats';
import { findTrouble } from './trouble';
import { findWaits } from './waits';
import type { TraceTree } from '../trace-node';

/** What a trace can suffer from; the words are those of the filter keyword `hint`. */
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

/** Something a trace suffers from. */
export interface Hint {
  /** The same after a reload. */
  id: string;
  kind: HintKind;
  /** What it is, in a few words: `48 × the same SELECT`. */
  title: string;
  /** What it is about, without figures: what is alike in another trace has the same. */
  subject: string;
  /** The method it was noticed in, where that says more. */
  place?: string;
  /** Where, and by what it was noticed. */
  evidence: string;
  /** Why it is worth a look, and what could be done. */
  advice: string;
  /** Seconds that it takes, or that could be won. */
  cost: number;
  /** True when `cost` is what could be won at best. */
  upTo: boolean;
  /** Of the time until the answer, 0 to 1. */
  share: number;
  /** Keys of the nodes it is about, in the order of the waterfall. */
  nodes: string[];
}

/** What a finder says; the rest follows from the tree. */
export type Finding = Omit<Hint, 'id' | 'share' | 'upTo'> & { upTo?: boolean };

/**
 * What the trace suffers from, the costliest first. Looks at what was recorded
 * alone: whether two awaits really are independent only the code can tell.
 */
export function hintsOf(tree: TraceTree): Hint[] {
  // What goes on after the answer kept nobody waiting.
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

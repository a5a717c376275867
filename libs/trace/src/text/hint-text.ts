import { type Hint, type HintKind, hintsOf } from '../hints/hints';
import { nearestLine } from '../source';
import { ms } from '../three-digits';
import type { TraceTree } from '../trace-node';
import { cut } from './cut';

const NAMES: Record<HintKind, string> = {
  'n-plus-one': 'N+1',
  'repeated-call': 'Repeated call',
  'serial-awaits': 'Awaits in a row',
  'dominant-child': 'One operation takes most of the time',
  unaccounted: 'Time that nothing accounts for',
  swallowed: 'Swallowed error',
  throttled: 'Throttled',
};

/** `N+1 in HomeActivities.repliesOneByOne, home-activities.service.ts:38: 12 × the same SELECT, 40 % of the response time` */
export function hintLine(tree: TraceTree, hint: Hint): string {
  const node = tree.byKey.get(hint.nodes[0] ?? '');
  const line = node && nearestLine(node);
  const where = [hint.place, line].filter(Boolean).join(', ');
  const share = `${Math.round(hint.share * 100)} % of the response time`;
  const cost = `${hint.upTo ? 'up to ' : ''}${ms(hint.cost)} ms, ${share}`;
  // Its title is its time.
  const what = hint.kind === 'unaccounted' ? '' : `${hint.title}, `;
  return cut(`${NAMES[hint.kind]}${where && ` in ${where}`}: ${what}${cost}`, 300);
}

/** Where time went says less than why. */
const WHERE_ONLY: readonly HintKind[] = ['dominant-child', 'unaccounted'];

/** The costliest hints, a line each, for lists; those that name a cause come first. */
export function topHints(tree: TraceTree, most: number): string[] {
  const rank = ({ kind }: Hint): number => Number(WHERE_ONLY.includes(kind));
  return hintsOf(tree)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, most)
    .map((hint) => hintLine(tree, hint));
}

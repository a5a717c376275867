import { ERROR, FAULT, flagMeaning, THROTTLE } from '../trace/node-flags';
import type { Shape } from '../trace/trace-shape';
import type { Filter } from './filter-ast';
import { decide, type Verdict } from './filter-logic';
import { decideOnShape } from './filter-nodes';

/** Keywords for the flags by which totals are grouped. */
const KNOWN = new Set(['fault', 'error', 'throttle', 'ok']);
/** The same flags as bits. */
export const TOTALS_FLAGS = FAULT | ERROR | THROTTLE;

/**
 * Decides a filter for all traces of a shape and outcome together. Undefined if their traces can
 * differ.
 */
export function decideOnTotals(filter: Filter, shape: () => Shape, flags: number): Verdict {
  return decide(filter, (leaf) => {
    if (leaf.kind === 'service' || leaf.kind === 'edge') return decideOnShape(leaf, shape());
    if (leaf.kind === 'boolean' && KNOWN.has(leaf.keyword))
      return flagMeaning(leaf.keyword, flags) === leaf.is;
    return undefined;
  });
}

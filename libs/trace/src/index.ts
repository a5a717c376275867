export {
  exceptionChains,
  isLibrary,
  justBefore,
  pathOfFault,
  placeOf,
  recordedAt,
} from './exceptions';
export type { ExceptionChain } from './exceptions';
export { HINT_KINDS, hintsOf } from './hints/hints';
export type { Hint, HintKind } from './hints/hints';
export { length, union, without } from './intervals';
export type { Interval } from './intervals';
export { pathOf, shortQuery } from './node-label';
export { exceptionsOf } from './node-status';
export { operationOf, withoutLiterals } from './operation';
export type { Operation } from './operation';
export { isSilent, openWord } from './silence';
export { severity, STATUSES, statusOf } from './status';
export type { Status } from './status';
export { ms, three } from './three-digits';
export { buildTree } from './trace-tree';
export type { Hue, TraceDocuments, TraceNode, TraceTree } from './trace-tree';

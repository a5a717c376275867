export { answered, compareTrees, isOpen } from './compare';
export type { Change, CompareRow, CompareSide, Comparison } from './compare';
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
export { idsInText } from './ids-in-text';
export type { IdsInText } from './ids-in-text';
export { length, union, without } from './intervals';
export type { Interval } from './intervals';
export { linksOf } from './links-of';
export { allLogs, LOG_LEVELS, logsOf } from './logs';
export type { LogLevel, LogLine, SentLogLine, TraceLogs } from './logs';
export { pathOf, patternOf, shortQuery } from './node-label';
export { exceptionsOf, isPassedUp } from './node-status';
export { operationOf, subjectOf, withoutLiterals } from './operation';
export type { Operation } from './operation';
export { queriesOf } from './queries';
export { remembered } from './remembered';
export { isSilent, openWord } from './silence';
export { nearestSource, sourceOf } from './source';
export type { SourcePlace } from './source';
export { severity, STATUSES, statusOf } from './status';
export type { Status } from './status';
export { comparisonText } from './text/comparison-text';
export { cut, withinBytes } from './text/cut';
export { topHints } from './text/hint-text';
export { nodeText } from './text/node-text';
export { topException } from './text/sections';
export { MOST_BYTES, traceText } from './text/trace-text';
export { treeText } from './text/tree-text';
export { ms, three } from './three-digits';
export { buildTree } from './trace-tree';
export type { Hue, TraceDocuments, TraceNode, TraceTree } from './trace-tree';

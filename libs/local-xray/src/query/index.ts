export { buildTraceModel } from './trace-model';
export type { Call, TraceModel, Visit } from './trace-model';
export { encodeShape } from './trace-shape';
export type { EncodedShape } from './trace-shape';
export { traceFacts } from './trace-summary';
export type { TraceFacts } from './trace-summary';
export type { AnyDocument, TraceTree } from './trace-tree';
export type {
  RootCause,
  RootCauseEntity,
  RootCauseService,
  ServiceId,
  SummaryHttp,
  TraceSummary,
  ValueWithServiceIds,
} from './summary.types';
export { completeFilter } from './filter-complete';
export type { CompletionItem, FilterCompletion } from './filter-complete';
export { FilterSyntaxError } from './filter-error';
export { parseFilter } from './filter-parser';
export { printFilter } from './filter-print';
export type { Filter } from './filter-ast';
export { matches, viewDocuments } from './filter-evaluate';
export type { TraceView } from './filter-evaluate';
export { resolveGroups } from './filter-groups';
export type { GroupExpression } from './filter-groups';
export { readFilter, TraceSearch } from './trace-search';
export type { Cursor, Found, PageRequest, SearchRequest } from './trace-search';
export type { QueryDatabase } from './query-database';
export type { GraphEdge, GraphService } from './service-graph';
export type { Histogram, SummaryStatistics } from './statistics';
export { readEntitySelector } from './time-series';
export type { EntitySelector, TimeSeriesEntry } from './time-series';
export { TraceStatistics } from './trace-statistics';

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
export { scanTimes } from './scan-times';
export { type Durations, TimeTotals, twoDigits } from './time-totals';

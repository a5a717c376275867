export {
  AWS_NAMES,
  CALLEE_NAMES,
  HTTP_NAMES,
  INDEXED_KEYS,
  METADATA_PREFIX,
  SIGNALS_NAMES,
  SQL_NAMES,
  SQL_SYSTEMS,
  USER_NAMES,
} from './conventions/attribute-names';
export {
  compact,
  integerOf,
  type SpanAttributes,
  type SpanKindName,
  textOf,
} from './conventions/attributes';
export { isAwsCall, readAwsCall } from './conventions/read-aws';
export { isHttp, readHttp, readStatus } from './conventions/read-http';
export { type Failure, readFailure } from './conventions/read-failure';
export { readCallee } from './conventions/read-name';
export { readSql } from './conventions/read-sql';
export { outsideStrings, readJson, writeJson } from './exact-json';
export { isId, isTraceId, newId, newTraceId, w3cTraceId, xrayTraceId } from './ids';
export { exceptionEvents } from './spans/exception-events';
export { spanOf } from './spans/node-to-span';
export {
  type AnyValue,
  type ExportRequest,
  type KeyValue,
  keyValues,
  type OtlpSpan,
  type ResourceSpans,
  SpanKind,
  StatusCode,
} from './spans/otlp-span';
export { resourceAttributes } from './spans/span-attributes';
export type {
  AnnotationValue,
  CauseDocument,
  ExceptionDocument,
  HttpDocument,
  LinkDocument,
  NodeDocument,
  SegmentDocument,
  ServiceDocument,
  SqlDocument,
  StackFrameDocument,
  SubsegmentDocument,
} from './segment-document';
export type { TraceHeader } from './trace-header';
export {
  formatTraceHeader,
  formatTraceparent,
  parseTraceHeader,
  parseTraceparent,
} from './trace-header';

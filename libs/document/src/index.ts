export type { DocumentFault, DocumentFaultCode } from './document-fault';
export { isId, isTraceId, newId, newTraceId } from './ids';
export { findJsonFault, type JsonFault } from './json-fault';
export {
  type DocumentLimits,
  LENIENT,
  parseDocument,
  type ParsedDocument,
  type ParseOutcome,
  STRICT,
} from './parse-document';
export type {
  AnnotationValue,
  CauseDocument,
  ExceptionDocument,
  HttpDocument,
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

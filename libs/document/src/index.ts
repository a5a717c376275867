export { isId, isTraceId, newId, newTraceId } from './ids';
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

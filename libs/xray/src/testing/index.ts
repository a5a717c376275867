export { assertTrace, type TraceAssertions } from './assert-trace';
export type { TraceMatchers } from './matcher-types';
export { traceMatchers } from './matchers';
export { MemoryEmitter } from './memory.emitter';
export { type Recorded, traceText } from './recorded';
export { trace, type Traced } from './trace';
export type { HintKind } from './trace-tree';

export type {
  CompletionKind,
  Completions,
  ConsoleStatus,
  FilterProblem,
  ImportResult,
  LogLevel,
  SamplingOverview,
  SamplingRuleRow,
  SourceExcerpt,
  Trace,
  TraceList,
  TraceLogLine,
  TraceRow,
} from './console-api';
export { type ClosedNode, LocalXrayEmitter } from './transports/in-process.emitter';
export { LOCAL_XRAY, LocalXrayModule } from './local-xray.module';
export { type LocalXrayOptions, OptionError } from './options/local-xray.options';
export { AddressError } from './transports/address-error';
export { type LocalXray, startLocalXray } from './local-xray.server';
export { runLocalXray } from './run-local-xray';
export { DatabaseError } from './store/open-database';

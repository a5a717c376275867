export { captureAws, type AwsClient } from './instrumentation/outgoing/aws';
export { captureJobs } from './instrumentation/jobs/capture-jobs';
export { capturePg } from './instrumentation/outgoing/pg';
export type { LinkTarget } from './core/message-links';
export type { EmitStats, Emitter } from './core/emitter';
export type {
  CaptureOptions,
  CaptureTarget,
  OutgoingAws,
  OutgoingHttp,
  OutgoingJob,
  OutgoingRpc,
  OutgoingSql,
} from './core/outgoing';
export type { RecorderStats } from './core/delivery';
export type { Sampler, SamplingRequest } from './core/sampler';
export type { RecorderLogger } from './core/warn-once';
export type { SegmentNode, SubsegmentNode, TraceNode } from './core/trace-node';
export { capture, captureSegment } from './core/capture';
export { Annotation, Metadata } from './decorators/parameter.decorators';
export { CurrentSegment } from './decorators/current-segment.decorator';
export { Segment } from './decorators/segment.decorator';
export { SkipSubsegment } from './decorators/skip-subsegment.decorator';
export { Subsegment } from './decorators/subsegment.decorator';
export type { SubsegmentOptions, Verdict } from './decorators/subsegment.options';
export { DaemonAddressError } from './net/daemon-address';
export { OtlpEmitter } from './emitters/otlp.emitter';
export type { OtlpEmitterOptions, OtlpSettings } from './emitters/otlp/otlp-settings';
export type { MetricsExporter, SignalsOptions } from './options/signals-options';
export type { RequestSigner } from './emitters/otlp/sigv4';
export { OtlpSettingsError } from './emitters/otlp/otlp-variables';
export { UdpEmitter, type UdpEmitterOptions } from './emitters/udp.emitter';
export type { Sampling } from './sampling/create-sampler';
export { type LocalRule, type SamplingRules, SamplingRulesError } from './sampling/rules-document';
export {
  ContextMissingError,
  NotAMethodError,
  ParameterKeyError,
  XrayConfigurationError,
  XrayOptionsError,
} from './xray.errors';
export { type BuiltInPlugin, UnknownPluginError } from './plugins/detect-resource';
export type { Resource, Plugin as XrayPlugin } from './plugins/plugin';
export { ExporterError } from './wiring/recorder.factory';
export { XrayModule } from './xray.module';
export {
  XRAY_OPTIONS,
  type AutoTrace,
  type IgnoreRule,
  type XrayModuleAsyncOptions,
  type XrayModuleExtras,
  type XrayOptions,
  type XrayOptionsFactory,
} from './xray.options';
export { XrayService } from './xray.service';
export type { AnnotationValue, SegmentDocument, SubsegmentDocument } from './document';

import type { RecorderLogger } from '../../core/warn-once';
import type { RequestSigner } from './sigv4';

/** Where and how spans are exported. The defaults come from OpenTelemetry's standard variables. */
export interface OtlpSettings {
  url: string;
  headers: Record<string, string>;
  protocol: 'http/protobuf' | 'http/json';
  gzip: boolean;
  /** How long one attempt may take. */
  timeoutMs: number;
  /**
   * Signs requests for X-Ray in this region. X-Ray's own host names are recognised without it; set
   * it for a host name of your own, or a proxy in front of X-Ray. `signer` replaces the default AWS
   * credentials, which are not available in a bundle: a SignatureV4 of `@smithy/signature-v4` for
   * the service `xray`.
   */
  sign?: { region: string; signer?: RequestSigner };
  /** Attributes of every resource. `service.name` takes precedence over the segment's name. */
  resource: Record<string, string>;
  /** How long spans may wait to be batched with others. */
  delayMs: number;
  /** How many segments may wait. Further ones are dropped and counted. */
  maxQueue: number;
  /** Maximum number of segments in one request. */
  maxBatch: number;
}

/** The options of `new OtlpEmitter()`, which take precedence over OpenTelemetry's variables. */
export interface OtlpEmitterOptions extends Partial<OtlpSettings> {
  /** Where problems are logged, each once. Default: Nest's Logger. */
  logger?: RecorderLogger;
}

import type { RecorderLogger } from '../../core/warn-once';
import type { RequestSigner } from './sigv4';

/** Where and how spans are exported; from OpenTelemetry's standard variables. */
export interface OtlpSettings {
  url: string;
  headers: Record<string, string>;
  protocol: 'http/protobuf' | 'http/json';
  gzip: boolean;
  /** How long one attempt may take. */
  timeoutMs: number;
  /**
   * Signs requests for X-Ray in this region. X-Ray's own names are known without; for a name of your
   * own, or a proxy in front of it. `signer` signs in place of the credentials of the usual chain,
   * which a bundle does not hold: a SignatureV4 of `@smithy/signature-v4` for the service `xray`.
   */
  sign?: { region: string; signer?: RequestSigner };
  /** Attributes put on every resource; `service.name` among them wins over the segment's name. */
  resource: Record<string, string>;
  /** How long spans may wait for others before they leave. */
  delayMs: number;
  /** Segments waiting beyond this number are dropped, and counted. */
  maxQueue: number;
  /** Segments in one request at most. */
  maxBatch: number;
}

/** What `new OtlpEmitter()` takes: settings that win over OpenTelemetry's variables. */
export interface OtlpEmitterOptions extends Partial<OtlpSettings> {
  /** Where trouble is reported, once for each cause. Default: Nest's Logger. */
  logger?: RecorderLogger;
}

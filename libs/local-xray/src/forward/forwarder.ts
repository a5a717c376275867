import { parseAddress } from '../options/local-xray.options';
import { OtlpForwarder } from './otlp.forwarder';
import { UdpForwarder } from './udp.forwarder';
import { XrayForwarder } from './xray.forwarder';

/** Forwards documents to another receiver. Never throws and never blocks. */
export interface Forwarder {
  /** @param text an accepted document. */
  forward(text: string): void;
  /**
   * Passes the body of an OTLP export of traces on as it came. Where this is missing, the documents that
   * were made of its spans are passed on.
   */
  forwardSpans?(body: Uint8Array, encoding: 'json' | 'protobuf', spans: number): void;
  /** Sends what is pending, as far as possible. */
  close(): Promise<void>;
}

/** Called for each failure. */
export type ForwardProblem = (message: string) => void;

/**
 * @param target `aws` for X-Ray in the region of the environment, `https://…` for an X-Ray endpoint, the same
 *   with a path that ends in `/v1/traces` for a collector of OpenTelemetry, `udp://host:port` for a daemon;
 *   checked with the other options.
 */
export function createForwarder(target: string, problem: ForwardProblem): Forwarder {
  if (target.startsWith('udp://')) return new UdpForwarder(parseAddress(target.slice(6)), problem);
  if (target === 'aws') return new XrayForwarder(undefined, problem);
  const { pathname } = new URL(target);
  return /\/v1\/traces\/?$/.test(pathname)
    ? new OtlpForwarder(target, problem)
    : new XrayForwarder(target, problem);
}

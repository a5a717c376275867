import { parseAddress } from '../options/local-xray.options';
import { UdpForwarder } from './udp.forwarder';
import { XrayForwarder } from './xray.forwarder';

/** Passes documents on to where they would have gone without local X-Ray. Never throws, never waits. */
export interface Forwarder {
  /** @param text a document that was taken. */
  forward(text: string): void;
  /** Sends what is left, as far as that goes. */
  close(): Promise<void>;
}

/** Told of a failure, at most once for each kind. */
export type ForwardProblem = (message: string) => void;

/**
 * @param target `aws` for X-Ray in the region of the environment, `https://…` for an X-Ray endpoint,
 *   `udp://host:port` for a daemon; checked with the other options.
 */
export function createForwarder(target: string, problem: ForwardProblem): Forwarder {
  if (target.startsWith('udp://')) return new UdpForwarder(parseAddress(target.slice(6)), problem);
  return new XrayForwarder(target === 'aws' ? undefined : target, problem);
}

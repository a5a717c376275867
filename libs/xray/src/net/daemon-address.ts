export interface Address {
  host: string;
  port: number;
}

/** Where the daemon takes segments (UDP) and answers sampling requests (TCP). */
export interface DaemonAddress {
  udp: Address;
  tcp: Address;
}

/** The address is not one: said at start-up, naming the part at fault. */
export class DaemonAddressError extends Error {
  constructor(address: string, why: string) {
    super(
      `Cannot use "${address}" as the X-Ray daemon's address: ${why}. ` +
        'Write host:port, or tcp:host:port udp:host:port (AWS_XRAY_DAEMON_ADDRESS or daemonAddress).',
    );
    this.name = 'DaemonAddressError';
  }
}

const DEFAULT = '127.0.0.1:2000';

/**
 * Reads a daemon address as AWS's SDKs write it; `AWS_XRAY_DAEMON_ADDRESS` wins over `configured`.
 *
 * @throws DaemonAddressError when it is malformed.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-nodejs-configuration.html
 */
export function daemonAddress(configured?: string): DaemonAddress {
  const text = (process.env.AWS_XRAY_DAEMON_ADDRESS || configured || DEFAULT).trim();
  const parts = text.split(/[\s,]+/);
  if (parts.length === 1) {
    const both = parseAddress(text, text.replace(/^(udp|tcp):/, ''));
    return { udp: both, tcp: both };
  }
  const pick = (protocol: 'udp' | 'tcp') => {
    const part = parts.find((candidate) => candidate.startsWith(`${protocol}:`));
    if (!part) throw new DaemonAddressError(text, `it has no ${protocol}: part`);
    return parseAddress(text, part.slice(4));
  };
  return { udp: pick('udp'), tcp: pick('tcp') };
}

function parseAddress(whole: string, part: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(part);
  const port = Number(match?.[3]);
  if (!match) throw new DaemonAddressError(whole, `"${part}" is not host:port`);
  if (port < 1 || port > 65535) throw new DaemonAddressError(whole, `there is no port ${port}`);
  return { host: (match[1] ?? match[2])!, port };
}

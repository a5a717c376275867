import { XrayConfigurationError } from '../xray.errors';

export interface Address {
  host: string;
  port: number;
}

/** Where the daemon takes segments (UDP) and answers sampling requests (TCP). */
export interface DaemonAddress {
  udp: Address;
  tcp: Address;
}

/** The daemon address is malformed. Thrown at startup; names the invalid part. */
export class DaemonAddressError extends XrayConfigurationError {
  constructor(source: string, address: string, why: string) {
    super(
      `Cannot use "${address}" from ${source} as the X-Ray daemon's address: ${why}. ` +
        'Write host:port, or tcp:host:port udp:host:port.',
    );
    this.name = 'DaemonAddressError';
  }
}

const DEFAULT = '127.0.0.1:2000';

/**
 * Parses a daemon address in the format of AWS's SDKs. `AWS_XRAY_DAEMON_ADDRESS` takes precedence
 * over `configured`.
 *
 * @throws DaemonAddressError when it is malformed.
 * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-nodejs-configuration.html
 */
export function daemonAddress(configured?: string): DaemonAddress {
  const variable = process.env.AWS_XRAY_DAEMON_ADDRESS?.trim();
  const text = variable || (configured ?? DEFAULT).trim();
  const refuse: Refuse = (why) => {
    throw new DaemonAddressError(variable ? 'AWS_XRAY_DAEMON_ADDRESS' : 'daemonAddress', text, why);
  };
  const parts = text.split(/[\s,]+/);
  if (parts.length === 1) {
    const both = parseAddress(text.replace(/^(udp|tcp):/, ''), refuse);
    return { udp: both, tcp: both };
  }
  const pick = (protocol: 'udp' | 'tcp') => {
    const part = parts.find((candidate) => candidate.startsWith(`${protocol}:`));
    return part === undefined
      ? refuse(`it has no ${protocol}: part`)
      : parseAddress(part.slice(4), refuse);
  };
  return { udp: pick('udp'), tcp: pick('tcp') };
}

type Refuse = (why: string) => never;

function parseAddress(part: string, refuse: Refuse): Address {
  const match = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(part);
  const port = Number(match?.[3]);
  if (!match) return refuse(`"${part}" is not host:port`);
  if (port < 1 || port > 65535) return refuse(`there is no port ${port}`);
  return { host: (match[1] ?? match[2])!, port };
}

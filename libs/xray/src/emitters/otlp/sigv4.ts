import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';
import { loadPeer } from '../load-peer';

/**
 * X-Ray's host names: `xray` and `xray-fips`, over IPv4 (`amazonaws.com`) and dual-stack
 * (`api.aws`), and those of interface VPC endpoints.
 */
const ENDPOINTS = [
  /^xray(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.(?:aws|amazonwebservices\.com\.cn))$/,
  /^vpce-[a-z0-9-]+\.xray\.([a-z0-9-]+)\.vpce\.amazonaws\.com(?:\.cn)?$/,
];

/**
 * The region of X-Ray's own OTLP endpoint, which accepts only signed requests. Undefined for any
 * other host.
 */
export function xrayRegion(url: string): string | undefined {
  const { hostname } = new URL(url);
  for (const endpoint of ENDPOINTS) {
    const region = endpoint.exec(hostname)?.[1];
    if (region !== undefined) return region;
  }
  return undefined;
}

/** Signs requests: a SignatureV4 of `@smithy/signature-v4`, created for the service `xray`. */
export interface RequestSigner {
  sign(request: object): Promise<{ headers: Record<string, string> }>;
}

/**
 * The request's headers including AWS's signature.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html
 */
export async function signed(
  url: string,
  signer: RequestSigner,
  headers: Record<string, string>,
  body: Buffer,
): Promise<Record<string, string>> {
  const { host, hostname, pathname, protocol } = new URL(url);
  const request = { method: 'POST', protocol, hostname, path: pathname, body };
  return (await signer.sign({ ...request, headers: { ...headers, host } })).headers;
}

const signers: Record<string, RequestSigner> = {};

/**
 * Signs with the default AWS credentials. It uses `@smithy/signature-v4` and
 * `@aws-sdk/credential-provider-node`, which every AWS SDK v3 client depends on. They are optional
 * peers because only this endpoint needs them.
 *
 * @throws Error that says how to install them if they are missing.
 */
export function defaultSigner(region: string): RequestSigner {
  return (signers[region] ??= createSigner(region));
}

type SignatureModule = typeof import('@smithy/signature-v4');
type CredentialsModule = typeof import('@aws-sdk/credential-provider-node');

function createSigner(region: string): RequestSigner {
  try {
    const { SignatureV4 } = loadPeer('@smithy/signature-v4') as SignatureModule;
    const { defaultProvider } = loadPeer('@aws-sdk/credential-provider-node') as CredentialsModule;
    return new SignatureV4({
      service: 'xray',
      region,
      credentials: defaultProvider(),
      sha256: Sha256,
    });
  } catch (problem) {
    throw new Error(
      `Cannot sign requests for X-Ray's OTLP endpoint in ${region}: ${String(problem)}. ` +
        'Install @smithy/signature-v4 and @aws-sdk/credential-provider-node, or send to a collector. ' +
        'In a bundle, pass a signer: new OtlpEmitter({ sign: { region, signer } }).',
      { cause: problem },
    );
  }
}

/** Node's SHA-256 with the interface that the signer expects. */
class Sha256 {
  private hash: Hash | Hmac;

  constructor(private readonly secret?: string | Uint8Array | ArrayBuffer | ArrayBufferView) {
    this.hash = this.fresh();
  }

  update(data: string | Uint8Array): void {
    this.hash.update(data);
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(new Uint8Array(this.hash.digest()));
  }

  reset(): void {
    this.hash = this.fresh();
  }

  private fresh(): Hash | Hmac {
    return this.secret === undefined
      ? createHash('sha256')
      : createHmac('sha256', this.secret as string | Uint8Array);
  }
}

import { createHash, createHmac, type Hash, type Hmac } from 'node:crypto';

/**
 * X-Ray's names: `xray` and `xray-fips`, over IPv4 (`amazonaws.com`) and dual-stack (`api.aws`), and
 * those of interface VPC endpoints.
 */
const ENDPOINTS = [
  /^xray(?:-fips)?\.([a-z0-9-]+)\.(?:amazonaws\.com(?:\.cn)?|api\.(?:aws|amazonwebservices\.com\.cn))$/,
  /^vpce-[a-z0-9-]+\.xray\.([a-z0-9-]+)\.vpce\.amazonaws\.com(?:\.cn)?$/,
];

/** The region of X-Ray's own OTLP endpoint, which takes signed requests only; undefined for any other. */
export function xrayRegion(url: string): string | undefined {
  const { hostname } = new URL(url);
  for (const endpoint of ENDPOINTS) {
    const region = endpoint.exec(hostname)?.[1];
    if (region !== undefined) return region;
  }
  return undefined;
}

interface Signer {
  sign(request: object): Promise<{ headers: Record<string, string> }>;
}

/**
 * The request's headers with AWS's signature, by the credentials of the usual chain.
 *
 * Loads `@smithy/signature-v4` and `@aws-sdk/credential-provider-node`, which every client of AWS
 * SDK v3 brings along; they are optional peers because only this endpoint needs them.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch-OTLPEndpoint.html
 * @throws Error that says what to install when they are missing.
 */
export async function signForXray(
  url: string,
  region: string,
  headers: Record<string, string>,
  body: Buffer,
): Promise<Record<string, string>> {
  const { host, hostname, pathname, protocol } = new URL(url);
  const signer = (signers[region] ??= createSigner(region));
  const signed = await signer.sign({
    method: 'POST',
    protocol,
    hostname,
    path: pathname,
    headers: { ...headers, host },
    body,
  });
  return signed.headers;
}

const signers: Record<string, Signer> = {};

function createSigner(region: string): Signer {
  try {
    // A require() in a `try` is what every bundler lets be missing; not so an import().
    /* eslint-disable @typescript-eslint/no-require-imports */
    const { SignatureV4 } =
      require('@smithy/signature-v4') as typeof import('@smithy/signature-v4');
    const { defaultProvider } =
      require('@aws-sdk/credential-provider-node') as typeof import('@aws-sdk/credential-provider-node');
    /* eslint-enable @typescript-eslint/no-require-imports */
    return new SignatureV4({
      service: 'xray',
      region,
      credentials: defaultProvider(),
      sha256: Sha256,
    });
  } catch (problem) {
    throw new Error(
      `Cannot sign requests for X-Ray's OTLP endpoint in ${region}: ${String(problem)}. ` +
        'Install @smithy/signature-v4 and @aws-sdk/credential-provider-node, or send to a collector.',
      { cause: problem },
    );
  }
}

/** Node's SHA-256 with the face that the signer wants. */
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

import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';

/** The account of all resources in local X-Ray. */
export const ACCOUNT = '000000000000';
const DEFAULT_REGION = 'us-east-1';

/** The region that the client signed for, from the credential scope of its Authorization header. */
export function regionOf(headers: IncomingHttpHeaders): string {
  return (
    /Credential=[^/\s]+\/\d{8}\/([a-z0-9-]{1,30})\/xray\//.exec(headers.authorization ?? '')?.[1] ??
    DEFAULT_REGION
  );
}

/** `arn:aws:xray:<region>:<account>:group/<name>/<32 characters>` */
export function newGroupArn(region: string, name: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const id = [...randomBytes(32)].map((byte) => alphabet[byte % 32]).join('');
  return `arn:aws:xray:${region}:${ACCOUNT}:group/${name}/${id}`;
}

export function samplingRuleArn(region: string, name: string): string {
  return `arn:aws:xray:${region}:${ACCOUNT}:sampling-rule/${name}`;
}

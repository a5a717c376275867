import { httpAnswer, type HttpRequest } from '../net/http-request';

/** What a plugin found out about where the process runs. Added to every segment. */
export interface Resource {
  /** For example `AWS::EC2::Instance`. */
  origin: string;
  /** Merged into the segment's `aws` block. */
  aws: Record<string, unknown>;
}

/** Finds out where the process runs. Undefined if it does not run there. */
export interface Plugin {
  name: string;
  describe(): Promise<Resource | undefined>;
}

type Question = Pick<HttpRequest, 'method' | 'headers' | 'ca'>;

/** How long one request to a metadata service may take. */
export const QUESTION_MS = 1_000;

/** The response body as JSON. @throws if no response arrives in time, or its status is not 200 */
export async function askJson(url: string, init: Question = {}): Promise<unknown> {
  return JSON.parse(await ask(url, init)) as unknown;
}

/** The response body. @throws if no response arrives in time, or its status is not 200 */
export async function ask(url: string, init: Question = {}): Promise<string> {
  const { status, body } = await httpAnswer(url, { ...init, timeoutMs: QUESTION_MS });
  if (status < 200 || status >= 300) throw new Error(`${url} answered ${status}`);
  return body;
}

/** Returns `object` without undefined, null or empty values. Undefined if nothing is left. */
export function known(object: Record<string, unknown>): Record<string, unknown> | undefined {
  const entries = Object.entries(object).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

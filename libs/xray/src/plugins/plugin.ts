import { httpAnswer, type HttpRequest } from '../net/http-request';

/** What a plugin found out about where the process runs; put on every segment. */
export interface Resource {
  /** `AWS::EC2::Instance` and the like. */
  origin: string;
  /** Goes into the segment's `aws` block. */
  aws: Record<string, unknown>;
}

/** Finds out where the process runs; undefined when it does not run there. */
export interface Plugin {
  name: string;
  describe(): Promise<Resource | undefined>;
}

type Question = Pick<HttpRequest, 'method' | 'headers' | 'ca'>;

/** How long one question to a metadata service may take. */
export const QUESTION_MS = 1_000;

/** The answer's body as JSON. @throws when there is none in time, or it is not a 200 */
export async function askJson(url: string, init: Question = {}): Promise<unknown> {
  return JSON.parse(await ask(url, init)) as unknown;
}

/** The answer's body. @throws when there is none in time, or it is not a 200 */
export async function ask(url: string, init: Question = {}): Promise<string> {
  const { status, body } = await httpAnswer(url, { ...init, timeoutMs: QUESTION_MS });
  if (status < 200 || status >= 300) throw new Error(`${url} answered ${status}`);
  return body;
}

/** `object` without what is undefined, null or empty; undefined when nothing is left. */
export function known(object: Record<string, unknown>): Record<string, unknown> | undefined {
  const entries = Object.entries(object).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

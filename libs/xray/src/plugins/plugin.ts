/** What a plugin found out about where the process runs; put on every segment. */
export interface Place {
  /** `AWS::EC2::Instance` and the like. */
  origin: string;
  /** Goes into the segment's `aws` block. */
  aws: Record<string, unknown>;
}

/** Finds out where the process runs; undefined when it does not run there. */
export interface Plugin {
  name: string;
  describe(): Promise<Place | undefined>;
}

/** How long one question to a metadata service may take. */
export const QUESTION_MS = 1_000;

/** The answer's body as JSON. @throws when there is none in time, or it is not a 200 */
export async function askJson(url: string, init: RequestInit = {}): Promise<unknown> {
  return JSON.parse(await ask(url, init)) as unknown;
}

/** The answer's body. @throws when there is none in time, or it is not a 200 */
export async function ask(url: string, init: RequestInit = {}): Promise<string> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(QUESTION_MS) });
  const body = await response.text();
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return body;
}

/** `object` without what is undefined, null or empty; undefined when nothing is left. */
export function known(object: Record<string, unknown>): Record<string, unknown> | undefined {
  const entries = Object.entries(object).filter(
    ([, value]) => value !== undefined && value !== null && value !== '',
  );
  return entries.length > 0 ? Object.fromEntries(entries) : undefined;
}

import type { Address } from '../net/daemon-address';
import { hostPort } from '../net/host';
import { httpAnswer } from '../net/http-request';

const TIMEOUT_MS = 5_000;

/** Sends a request to the daemon, which signs it and forwards it to X-Ray. */
export async function askDaemon(
  { host, port }: Address,
  operation: 'GetSamplingRules' | 'SamplingTargets',
  question: object,
): Promise<unknown> {
  const { status, body } = await httpAnswer(`http://${hostPort(host, port)}/${operation}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(question),
    timeoutMs: TIMEOUT_MS,
  });
  if (status !== 200) throw new Error(`it answered ${status}`);
  try {
    return JSON.parse(body) as unknown;
  } catch {
    throw new Error('its answer is not JSON');
  }
}

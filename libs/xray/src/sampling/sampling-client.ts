import { request } from 'node:http';
import { storage } from '../core/context';
import type { Address } from '../net/daemon-address';

const TIMEOUT_MS = 5_000;
const MAX_ANSWER = 4_000_000;

/** Asks the daemon, which passes it on to X-Ray signed. Not traced, whoever waits for it. */
export function askDaemon(
  { host, port }: Address,
  operation: 'GetSamplingRules' | 'SamplingTargets',
  question: object,
): Promise<unknown> {
  const body = JSON.stringify(question);
  return storage.exit(
    () =>
      new Promise((done, fail) => {
        const asked = request(
          {
            host,
            port,
            path: `/${operation}`,
            method: 'POST',
            timeout: TIMEOUT_MS,
            agent: false,
            headers: {
              'content-type': 'application/json',
              'content-length': Buffer.byteLength(body),
            },
          },
          (answer) => {
            let text = '';
            answer.setEncoding('utf8');
            answer.on('data', (chunk: string) => {
              text += chunk;
              if (text.length > MAX_ANSWER) asked.destroy(new Error('the answer is too long'));
            });
            answer.on('error', fail);
            answer.on('end', () => {
              if (answer.statusCode !== 200) {
                return fail(new Error(`it answered ${answer.statusCode}`));
              }
              try {
                done(JSON.parse(text));
              } catch {
                fail(new Error('its answer is not JSON'));
              }
            });
          },
        );
        asked.on('timeout', () => asked.destroy(new Error(`no answer in ${TIMEOUT_MS} ms`)));
        asked.on('error', fail);
        asked.on('socket', (socket) => socket.unref());
        asked.end(body);
      }),
  );
}

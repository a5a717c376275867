/** Local X-Rays of this repository, as their own processes. */
import { execFileSync, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { freePort } from './free-port.mjs';
import { until } from './until.mjs';

/** It is one of many that start at once. */
const READY_WITHIN_MS = 120_000;

const root = resolve(import.meta.dirname, '../..');

export function buildLocalXray() {
  const output = { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] };
  execFileSync('npx', ['nest', 'build', '--all'], output);
}

/** One with an empty store; `segments` are the documents it has of a trace. */
export async function startLocalXray() {
  const port = await freePort();
  const args = ['--address', `127.0.0.1:${port}`, '--db', ':memory:'];
  const child = spawn(
    process.execPath,
    [resolve(root, 'dist/apps/local-xray/src/main.js'), ...args],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const url = `http://127.0.0.1:${port}`;
  const answers = () =>
    fetch(`${url}/health`).then(
      ({ ok }) => ok,
      () => false,
    );
  await until(answers, READY_WITHIN_MS);
  return {
    port,
    url,
    async segments(traceId) {
      const response = await fetch(`${url}/console/traces/${traceId}`);
      return response.ok ? (await response.json()).segments : [];
    },
    close: () => child.kill(),
  };
}

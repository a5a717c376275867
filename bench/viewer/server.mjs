import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const MAIN = new URL('../../dist/apps/local-xray/src/main.js', import.meta.url).pathname;

/** Starts the built local X-Ray in a separate process, in memory, on a free port. */
export async function startLocalXray() {
  const child = spawn(process.execPath, [MAIN, '--address', '127.0.0.1:0', '--db', ':memory:'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const url = await new Promise((resolve, reject) => {
    child.once('exit', (code) =>
      reject(new Error(`Local X-Ray ended with ${code}. Run npm run build.`)),
    );
    createInterface({ input: child.stdout }).on('line', (line) => {
      const found = /http:\/\/[\w.:[\]]+/.exec(line);
      if (found) resolve(found[0]);
    });
  });
  return {
    url,
    /** Sends segment documents like an SDK. Throws if one is rejected. */
    async send(documents) {
      for (let at = 0; at < documents.length; at += 500) {
        const part = documents.slice(at, at + 500).map((one) => JSON.stringify(one));
        const response = await post(`${url}/TraceSegments`, { TraceSegmentDocuments: part });
        const answer = await response.json();
        if (!response.ok || answer.UnprocessedTraceSegments.length > 0) {
          throw new Error(
            `Local X-Ray rejected documents: ${JSON.stringify(answer).slice(0, 500)}`,
          );
        }
      }
    },
    /** Waits until the page receives no more events about what was sent. */
    async quiet() {
      for (;;) {
        const status = await (await fetch(`${url}/console/status`)).json();
        if (status.segmentsPerSecond === 0) return;
        await new Promise((done) => setTimeout(done, 500));
      }
    },
    async stop() {
      child.removeAllListeners('exit');
      if (child.exitCode !== null) return;
      child.kill('SIGTERM');
      await once(child, 'exit');
    },
  };
}

/** Tries again if the server had just closed an idle connection. */
async function post(address, body) {
  const options = { method: 'POST', body: JSON.stringify(body) };
  try {
    return await fetch(address, options);
  } catch {
    return fetch(address, options);
  }
}

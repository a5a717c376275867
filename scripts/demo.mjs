// Runs the demo on free ports and with separate databases, for scripts that use it.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './ready.mjs';

/** Starts the demo like `npm start`. Resolves when it is ready. */
export async function startDemo() {
  const [port, notifications, xray] = [await freePort(), await freePort(), await freePort()];
  const folder = mkdtempSync(join(tmpdir(), 'cruddur-demo-'));
  const child = spawn(process.execPath, [join(root, 'scripts/start.mjs')], {
    cwd: root,
    env: {
      ...process.env,
      PORT: String(port),
      NOTIFICATIONS_PORT: String(notifications),
      XRAY_LOCAL_ADDRESS: `127.0.0.1:${xray}`,
      XRAY_LOCAL_DB: join(folder, 'xray.db'),
      CRUDDUR_DATA_DIR: folder,
    },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (chunk) => (said += chunk).includes('Ctrl-C') && resolve());
    child.once('exit', (code) => reject(new Error(`The demo ended with code ${code}: ${said}`)));
  });
  return {
    cruddur: `http://127.0.0.1:${port}`,
    localXray: `http://127.0.0.1:${xray}`,
    async stop() {
      child.removeAllListeners('exit');
      child.kill('SIGINT');
      if (child.exitCode === null) await once(child, 'exit');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

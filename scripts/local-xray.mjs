// npm run local-xray -- --help: local X-Ray alone.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { localXrayNodeArgs } from './addresses.mjs';
import { ready, root } from './ready.mjs';

await ready({ toRun: true });
const child = spawn(
  process.execPath,
  [
    '--enable-source-maps',
    ...localXrayNodeArgs,
    join(root, 'dist/apps/local-xray/src/main.js'),
    ...process.argv.slice(2),
  ],
  { stdio: 'inherit' },
);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.once('exit', (code) => process.exit(code ?? 1));

// npm run dev: the demo with traffic flowing, rebuilt and restarted when a source changes.
import { watch } from 'node:fs';
import { join } from 'node:path';
import { cruddur, localXray, parts } from './addresses.mjs';
import { Processes } from './processes.mjs';
import { build, ready, root } from './ready.mjs';
import { keepTraffic } from './traffic.mjs';

await ready({ toRun: true });
const processes = new Processes({ verbose: true });
for (const part of parts) await processes.start(part);
keepTraffic(cruddur);
console.log(
  `\n  Cruddur ${cruddur}, Local X-Ray ${localXray}; watching apps/ and libs/, Ctrl-C ends.\n`,
);

let timer;
let working = Promise.resolve();
for (const folder of ['apps', 'libs']) {
  watch(join(root, folder), { recursive: true }, (_event, file) => {
    if (!file || /(^|\/)(dist|node_modules|test)\//.test(file)) return;
    clearTimeout(timer);
    // Editors write a file in several steps, and a change often spans several files.
    timer = setTimeout(() => (working = working.then(rebuild)), 150);
  });
}

async function rebuild() {
  try {
    if (!(await build({ toRun: true })).includes('server')) return;
    for (const { name } of parts) await processes.end(name);
    for (const part of parts) await processes.start(part);
    console.log('Restarted.');
  } catch (problem) {
    console.error(`${problem.message} Waiting for the next change.`);
  }
}

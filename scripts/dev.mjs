// npm run dev: the demo with traffic flowing, rebuilt and restarted when a source changes.
import { join } from 'node:path';
import { cruddur, localXray, parts } from './addresses.mjs';
import { Processes } from './processes.mjs';
import { build, ready, root } from './ready.mjs';
import { keepTraffic } from './traffic.mjs';
import { watchFolders } from './watch.mjs';

await ready({ toRun: true });
const processes = new Processes({ verbose: true });
for (const part of parts) await processes.start(part);
// From now on, a part that fails waits for the next change instead of ending everything.
processes.patient = true;
keepTraffic(cruddur);
console.log(
  `\n  Cruddur ${cruddur}, Local X-Ray ${localXray}; watching apps/ and libs/, Ctrl-C ends.\n`,
);

let working = Promise.resolve();
watchFolders([join(root, 'apps'), join(root, 'libs')], () => {
  working = working.then(rebuild);
});

async function rebuild() {
  try {
    if (!(await build({ toRun: true })).includes('server')) return;
    for (const { name } of parts) await processes.end(name);
    let all = true;
    for (const part of parts) all = (await processes.start(part)) && all;
    if (all) console.log('Restarted.');
  } catch (problem) {
    console.error(`${problem.message} Waiting for the next change.`);
  }
}

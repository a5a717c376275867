// npm start: local X-Ray, Cruddur and its notifications service, until Ctrl-C.
import { cruddur, localXray, parts } from './addresses.mjs';
import { Processes } from './processes.mjs';
import { ready } from './ready.mjs';

await ready({ toRun: true });
const processes = new Processes({ verbose: process.argv.includes('--verbose') });
for (const part of parts) await processes.start(part);
console.log(`
  Cruddur      ${cruddur}
  Local X-Ray  ${localXray}

  Try: curl ${cruddur}/api/activities/@andrewbrown   then open ${localXray} and click the trace.
  Ctrl-C ends everything.
`);

// npm start: local X-Ray, Cruddur and its notifications service, until Ctrl-C.
import { cruddur, cruddurPorts, localXray, parts } from './addresses.mjs';
import { Processes } from './processes.mjs';
import { ready } from './ready.mjs';
import { burst } from './traffic.mjs';

await ready({ toRun: true });
// Check the ports now, because Cruddur starts last and would report a used port only then.
const { requireFreePort } = (await import('../dist/apps/cruddur/src/listening.js')).default;
for (const [host, port, variable] of cruddurPorts) {
  await requireFreePort(host, Number(port), variable).catch((problem) => {
    console.error(problem.message);
    process.exit(1);
  });
}
const processes = new Processes({ verbose: process.argv.includes('--verbose') });
for (const part of parts) await processes.start(part);
// Send some requests, so that the console is not empty.
const trace = await burst(cruddur);
console.log(`
  Cruddur      ${cruddur}
  Local X-Ray  ${localXray}

  Try: curl ${cruddur}/api/activities/@andrewbrown   then open ${localXray} and click the trace.${
    trace ? `\n  Or open one with an N+1 in it: ${trace}` : ''
  }
  Ctrl-C ends everything.
`);

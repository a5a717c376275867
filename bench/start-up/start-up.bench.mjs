import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { runProcess } from '../lib/processes.mjs';
import { summary } from '../lib/stats.mjs';

const require = createRequire(import.meta.url);
const { variantOf } = require('../tracers/variants.cjs');
const LOAD = fileURLToPath(new URL('load.cjs', import.meta.url));

/** The variants to start. The others share their modules with one of these. */
const NAMES = ['default', 'sdk', 'dd-trace', 'opentelemetry', 'aws-sdk'];

/**
 * CPU and heap that loading and starting a tracer adds to a process in which Nest is loaded, and the packages that it
 * loads. Each runs in its own process, alternating, `rounds` times.
 */
export async function benchStartUp({ rounds, node, log }) {
  const runs = new Map(NAMES.map((name) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    for (const name of NAMES) {
      runs
        .get(name)
        .push(await runProcess(LOAD, { args: [name], core: 0, node, flags: ['--expose-gc'] }));
    }
  }
  return NAMES.map((name) => {
    const of = (key) => summary(runs.get(name).map((run) => run[key]));
    const { title, ours = false } = variantOf(name);
    const { packages } = runs.get(name)[0];
    const row = { name, title, ours, cpuMs: of('cpuMs'), heapMb: of('heapMb'), packages };
    log?.(
      `  ${title}: ${row.cpuMs.median.toFixed(0)} ms, ${row.heapMb.median.toFixed(1)} MB, ` +
        `${packages.length} packages`,
    );
    return row;
  });
}

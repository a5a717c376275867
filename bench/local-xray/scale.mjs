// How queries grow with the number of stored traces: node bench/local-xray/scale.mjs 100000 1000000
import { statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { filled } from './filled.mjs';
import { percentile, startServer } from './support.mjs';

const RUNS = Number(process.env.RUNS ?? 20);

const sizes = process.argv.slice(2).map(Number).filter(Boolean);
const results = [];
for (const size of sizes.length > 0 ? sizes : [100_000]) results.push(await measureSize(size));
console.log(JSON.stringify(results, null, 2));

async function measureSize(size) {
  const file = await filled(size);
  const server = await startServer({ db: file, args: ['--retention', '3650d,1000GB'] });
  try {
    const list = await get(server, '/console/traces?limit=1');
    const end = Math.ceil(list.rows[0].start) + 1;
    const hour = `start=${end - 3600}&end=${end}`;
    const filter = (text) => `filter=${encodeURIComponent(text)}`;
    const queries = {
      'first page': '/console/traces?limit=50',
      'first page of the last hour': `/console/traces?limit=50&${hour}`,
      'counts of all': '/console/traces?limit=1',
      'by annotation, one in 30': `/console/traces?limit=50&${filter('annotation.tenant = "tenant-3"')}&${hour}`,
      'by annotation, one in 1,000': `/console/traces?limit=50&${filter('annotation.rare = true')}`,
      'by service': `/console/traces?limit=50&${filter('service("search") AND fault')}`,
      'by duration': `/console/traces?limit=50&${filter('duration > 2')}&${hour}`,
      'slowest first': '/console/traces?limit=50&sort=duration',
      'slowest of an annotation': `/console/traces?limit=50&sort=duration&${filter('annotation.tenant = "tenant-3"')}`,
      'worst first, of the last hour': `/console/traces?limit=50&sort=status&${hour}`,
      'heat map of all': '/console/overview',
      'heat map of an annotation': `/console/overview?${filter('annotation.tenant = "tenant-3"')}`,
      'routes of all': '/console/routes',
      'routes of an hour': `/console/routes?${hour}`,
      'errors of all': '/console/errors',
      'queries of all': '/console/queries',
      'graph of an hour': `/console/graph?${hour}`,
      'graph of all': '/console/graph',
    };
    const p50 = {};
    const p95 = {};
    for (const [name, path] of Object.entries(queries)) {
      const times = await timesOf(server, path);
      p50[name] = percentile(times, 50);
      p95[name] = percentile(times, 95);
    }
    return {
      traces: list.counts.total,
      node: process.version,
      load: loadavg().map((each) => Math.round(each * 10) / 10),
      fileMb: Math.round(statSync(file).size / 1e6),
      memoryMb: Math.round(server.memory()),
      p50,
      p95,
    };
  } finally {
    await server.stop({ keep: true });
  }
}

async function get(server, path) {
  const response = await fetch(server.base + path);
  if (!response.ok)
    throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
  return response.json();
}

/** Milliseconds measured at the client, after two runs that warm up the caches of both readers. */
async function timesOf(server, path) {
  for (let run = 0; run < 2; run++) await get(server, path);
  const times = [];
  for (let run = 0; run < RUNS; run++) {
    const before = performance.now();
    await get(server, path);
    times.push(performance.now() - before);
  }
  return times;
}

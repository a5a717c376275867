// How queries grow with the number of stored traces: node bench/local-xray/scale.mjs 100000 1000000
import { statSync } from 'node:fs';
import { loadavg } from 'node:os';
import { filled } from './filled.mjs';
import { percentile, startServer } from './support.mjs';

const RUNS = Number(process.env.RUNS ?? 20);
/** A regular expression: which queries to measure. */
const ONLY = process.env.ONLY && new RegExp(process.env.ONLY);

const sizes = process.argv.slice(2).map(Number).filter(Boolean);
const results = [];
for (const size of sizes.length > 0 ? sizes : [100_000]) results.push(await measureSize(size));
console.log(JSON.stringify(results, null, 2));

async function measureSize(size) {
  const file = await filled(size);
  const server = await startServer({ db: file, args: ['--retention', '3650d,1000GB'] });
  try {
    const [newest] = (await get(server, '/console/traces?limit=1')).rows;
    const end = Math.ceil(newest.start) + 1;
    const since = (hours) => `start=${end - hours * 3600}`;
    const HOUR = `${since(1)}&end=${end}`;
    const DAY = since(24);
    const filter = (text) => `filter=${encodeURIComponent(text)}`;
    const list = (...parts) => ['/console/traces?limit=50', ...parts].join('&');
    const TENANT = filter('annotation.tenant = "tenant-3"');
    const SLOW = filter('responsetime > 2');
    const side = `a=${encodeURIComponent('responsetime > 2')}`;
    const moment = new Date((end - 3600) * 1000).toISOString();
    const tool = (name, input) => ({
      path: '/mcp',
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({
        jsonrpc: '2.0',
        id: 1,
        method: 'tools/call',
        params: { name, arguments: input },
      }),
    });
    const queries = {
      'first page': list(),
      'first page of a day': list(DAY),
      'first page of an hour': list(HOUR),
      'list, as much as the console loads': '/console/traces?limit=10000',
      'counts of all': '/console/traces?limit=1',
      'only faults (chip)': list('outcome=fault'),
      'only errors, of which there are none': list('outcome=error'),
      'by annotation, one in 30': list(TENANT),
      'by annotation, one in 1,000': list(filter('annotation.rare = true')),
      'by annotation and service': list(
        filter('annotation.tenant = "tenant-3" AND service("search")'),
      ),
      'by service': list(filter('service("search")')),
      'by service and fault': list(filter('service("search") AND fault')),
      'by service that failed': list(filter('service("shop") { fault }')),
      'by duration': list(SLOW),
      'by duration, none': list(filter('duration > 30')),
      'by user': list(filter('user = "user-7"')),
      'by user, of an hour': list(filter('user = "user-7"'), HOUR),
      'by route': list(filter('route = "GET /api/carts/:id"')),
      'by message': list(filter('message CONTAINS "order 100 "')),
      'by message, none': list(filter('message CONTAINS "unheard of"')),
      'by exception': list(filter('exception CONTAINS "TimeoutError"')),
      'by text in the URL': list(filter('http.url CONTAINS "/carts/17/"')),
      'by text in the URL, none': list(filter('http.url CONTAINS "/nowhere/"')),
      'by text in the URL, none in an hour': list(filter('http.url CONTAINS "/nowhere/"'), HOUR),
      'a span id pasted into the bar': `/console/find?text=${await aSegment(server, newest.id)}`,
      'slowest first': list('sort=duration'),
      'slowest of an annotation': list('sort=duration', TENANT),
      'worst first': list('sort=status'),
      'worst first, of an hour': list('sort=status', HOUR),
      'by hint': list('sort=hint'),
      'sorted by route': list('sort=route'),
      'sorted by user': list('sort=user'),
      'heat map of all': '/console/overview',
      'heat map of a day': `/console/overview?${DAY}`,
      'heat map of an annotation': `/console/overview?${TENANT}`,
      'heat map of slow ones': `/console/overview?${SLOW}`,
      'routes of all': '/console/routes',
      'routes of a day': `/console/routes?${DAY}`,
      'routes of an hour': `/console/routes?${HOUR}`,
      'routes of an annotation': `/console/routes?${TENANT}`,
      'routes by user': '/console/routes?by=user',
      'routes by annotation': '/console/routes?by=annotation.tenant',
      'errors of all': '/console/errors',
      'errors of an hour': `/console/errors?${HOUR}`,
      'queries of all': '/console/queries',
      'queries of an hour': `/console/queries?${HOUR}`,
      'what differs, slow against rest': `/console/differences?${side}`,
      'what differs, of an hour': `/console/differences?${side}&${HOUR}`,
      'graph of an hour': `/console/graph?${HOUR}`,
      'graph of a day': `/console/graph?${DAY}`,
      'graph of all': '/console/graph',
      'graph of an annotation': `/console/graph?${TENANT}`,
      'completions: keys': '/console/completions?kind=annotation-keys',
      'completions: values': '/console/completions?kind=annotation-values&key=tenant',
      'completions: users': '/console/completions?kind=users',
      'completions: services': '/console/completions?kind=services',
      'a trace': `/console/traces/${newest.id}`,
      'a trace as Markdown': `/traces/${newest.id}.md`,
      'MCP list_routes of an hour': tool('list_routes', { since: moment }),
      'MCP find_traces of an hour': tool('find_traces', { since: moment }),
    };
    const p50 = {};
    const p95 = {};
    const cpu = {};
    for (const [name, query] of Object.entries(queries)) {
      if (ONLY && !ONLY.test(name)) continue;
      const { times, cpuMs } = await measure(server, query);
      console.error(
        `${size}, ${name}: ${percentile(times, 50)} / ${percentile(times, 95)} ms, CPU ${cpuMs} ms`,
      );
      cpu[name] = cpuMs;
      p50[name] = percentile(times, 50);
      p95[name] = percentile(times, 95);
    }
    return {
      traces: size,
      node: process.version,
      load: loadavg().map((each) => Math.round(each * 10) / 10),
      fileMb: Math.round(statSync(file).size / 1e6),
      memoryMb: Math.round(server.memory()),
      p50,
      p95,
      cpu,
    };
  } finally {
    await server.stop({ keep: true });
  }
}

async function get(server, path) {
  return JSON.parse(await ask(server, path));
}

/** @param query a path, or a path with options of fetch() */
async function ask(server, query) {
  const { path, ...options } = typeof query === 'string' ? { path: query } : query;
  const response = await fetch(server.base + path, options);
  const text = await response.text();
  if (!response.ok || text.includes('"isError":true'))
    throw new Error(`${path} answered ${response.status}: ${text.slice(0, 500)}`);
  return text;
}

async function aSegment(server, trace) {
  const { segments } = await get(server, `/console/traces/${trace}`);
  return (segments[0].doc ?? segments[0]).id;
}

/**
 * Milliseconds measured at the client, and of CPU time of the server for each run, which vary less on a busy machine.
 * Two runs before warm up the caches of both readers.
 */
async function measure(server, query) {
  for (let run = 0; run < 2; run++) await ask(server, query);
  const times = [];
  const cpuBefore = server.cpuMs();
  for (let run = 0; run < RUNS; run++) {
    const before = performance.now();
    await ask(server, query);
    times.push(performance.now() - before);
  }
  return { times, cpuMs: Math.round((server.cpuMs() - cpuBefore) / RUNS) };
}

// How queries grow with the number of stored traces: node bench/local-xray/scale.mjs 100000 1000000
// Each size is created once and kept in the temporary folder. Some thousand traces are written as the server writes
// them, and copied by SQL over a week. 1,000,000 traces take a few minutes.
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrace, percentile, startServer } from './support.mjs';

const require = createRequire(import.meta.url);
const BUILT = '../../dist/libs/local-xray/src';
const BLOCK = 2000;
const WEEK = 7 * 86_400;
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

async function filled(size) {
  const folder = join(tmpdir(), 'local-xray-scale');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${size}.db`);
  if (existsSync(file)) return file;
  const making = `${file}-making`;
  for (const end of ['', '-wal', '-shm', '-lock']) rmSync(making + end, { force: true });
  const { openDatabase } = require(`${BUILT}/store/open-database.js`);
  const { TraceWriter } = require(`${BUILT}/store/trace-writer.js`);
  const { TraceTotals } = require(`${BUILT}/store/trace-totals.js`);
  const { countStored } = require(`${BUILT}/store/count-stored.js`);
  const driver = openDatabase(making);
  driver.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -400000');
  const copies = Math.ceil(size / BLOCK);
  const from = Math.floor(Date.now() / 1000 / 3600) * 3600 - WEEK - 3600;
  const step = WEEK / copies;
  const writer = new TraceWriter(driver);
  for (let number = 0; number < BLOCK; number++) {
    for (const document of makeTrace(from + (number / BLOCK) * step, number))
      writer.put(document, JSON.stringify(document));
    if (number % 200 === 199) writer.commit(true);
  }
  for (const copy of copiers(driver)) {
    for (let at = 1; at < copies; at++) {
      driver.transaction(() => copy(at * BLOCK, at * step));
      if (at % 50 === 0) console.error(`${size}: ${at} of ${copies}`);
    }
  }
  // The totals contain the first block, but not its copies.
  driver.exec('DELETE FROM totals; DELETE FROM added_up');
  const totals = new TraceTotals(driver);
  countStored(driver, totals);
  totals.addedUp.load();
  while (totals.addedUp.step());
  driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  driver.close();
  renameSync(making, file);
  return file;
}

/** Functions that copy the first block of each table, shifted by a number of traces and seconds. */
function copiers(driver) {
  const numbers = 'count, seconds, fault, error, throttle, traces';
  const sums = numbers.split(', ').map((each) => `sum(${each})`);
  const adds = numbers.split(', ').map((each) => `${each} = ${each} + excluded.${each}`);
  const id = `substr(id, 1, 11) || printf('%024x', n + ?1)`;
  const columns = driver
    .prepare('PRAGMA table_info(traces)')
    .all()
    .map(({ name }) => name);
  const moved = {
    n: 'n + ?1',
    id,
    created: 'created + ?2',
    start: 'start + ?2',
    end: '"end" + ?2',
    summary: `json_set(summary, '$.Id', ${id}, '$.StartTime', start + ?2)`,
  };
  // There is no index from a trace to its annotations.
  driver.exec('CREATE TEMP TABLE first_annotations AS SELECT * FROM annotations');
  const quoted = columns.map((name) => `"${name}"`);
  const statements = [
    `INSERT INTO traces (${quoted.join(', ')}) SELECT ${columns.map((name, at) => moved[name] ?? quoted[at]).join(', ')} FROM traces WHERE n <= ${BLOCK}`,
    `INSERT INTO documents (trace, id, body) SELECT trace + ?1, id, body FROM documents WHERE trace <= ${BLOCK} AND ?2 > 0`,
    `INSERT INTO annotations (key, value, start, trace) SELECT key, value, start + ?2, trace + ?1 FROM first_annotations`,
    `INSERT INTO occurrences (trace, kind, facet, route, bin, start, ${numbers}) SELECT trace + ?1, kind, facet, route, bin, start + ?2, ${numbers} FROM occurrences WHERE trace <= ${BLOCK}`,
    ...[60, 600, 7200].flatMap((step) => {
      const at = `CAST((start + ?2) / ${step} AS INTEGER) * ${step}`;
      const rest = `ON CONFLICT DO UPDATE SET ${adds.join(', ')}`;
      const into = `INSERT INTO aggregates (kind, step, at, facet, route, bin, ${numbers})`;
      return [
        `${into} SELECT kind, ${step}, ${at}, facet, route, bin, ${sums.join(', ')} FROM occurrences WHERE trace <= ${BLOCK} AND ?1 > 0 GROUP BY 1, 3, 4, 5, 6 ${rest}`,
        `${into} SELECT 0, ${step}, ${at}, 0, 0, bin, count(*), sum(duration), sum(flags & 1), 0, 0, count(*) FROM traces WHERE n <= ${BLOCK} AND ?1 > 0 GROUP BY 3, 6 ${rest}`,
      ];
    }),
  ];
  return statements.map((sql) => {
    const statement = driver.prepare(sql);
    return (traces, seconds) => statement.run([traces, seconds]);
  });
}

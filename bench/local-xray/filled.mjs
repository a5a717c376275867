// Databases with a given number of traces. Each size is created once and kept in the temporary folder.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeTrace } from './support.mjs';

const require = createRequire(import.meta.url);
const BUILT = '../../dist/libs/local-xray/src';
const BLOCK = 2000;
const WEEK = 7 * 86_400;

/**
 * Returns the file of a database with `size` traces. Some thousand are written as the server writes them, and copied
 * by SQL over a week. 1,000,000 traces take a few minutes.
 */
export async function filled(size) {
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
  driver.exec('DELETE FROM totals; DELETE FROM added_up; DELETE FROM packed_aggregates');
  const totals = new TraceTotals(driver);
  countStored(driver, totals);
  totals.addedUp.load();
  while (totals.addedUp.step());
  driver.exec('PRAGMA wal_checkpoint(TRUNCATE)');
  driver.close();
  renameSync(making, file);
  for (const end of ['-wal', '-shm', '-lock']) rmSync(making + end, { force: true });
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
  const minute = 'CAST((start + ?2) / 60 AS INTEGER) * 60';
  const into = `INSERT INTO aggregates (kind, step, at, facet, route, bin, ${numbers})`;
  const rest = `ON CONFLICT DO UPDATE SET ${adds.join(', ')}`;
  const statements = [
    `INSERT INTO traces (${quoted.join(', ')}) SELECT ${columns.map((name, at) => moved[name] ?? quoted[at]).join(', ')} FROM traces WHERE n <= ${BLOCK}`,
    `INSERT INTO documents (trace, id, body) SELECT trace + ?1, id, body FROM documents WHERE trace <= ${BLOCK} AND ?2 > 0`,
    `INSERT INTO annotations (key, value, start, trace) SELECT key, value, start + ?2, trace + ?1 FROM first_annotations`,
    `INSERT INTO occurrences (trace, kind, facet, route, bin, start, ${numbers}) SELECT trace + ?1, kind, facet, route, bin, start + ?2, ${numbers} FROM occurrences WHERE trace <= ${BLOCK}`,
    `${into} SELECT kind, 60, ${minute}, facet, route, bin, ${sums.join(', ')} FROM occurrences WHERE trace <= ${BLOCK} AND ?1 > 0 GROUP BY 1, 3, 4, 5, 6 ${rest}`,
    `${into} SELECT 0, 60, ${minute}, 0, 0, bin, count(*), sum(duration), sum(flags & 1), 0, 0, count(*) FROM traces WHERE n <= ${BLOCK} AND ?1 > 0 GROUP BY 3, 6 ${rest}`,
  ];
  return statements.map((sql) => {
    const statement = driver.prepare(sql);
    return (traces, seconds) => statement.run([traces, seconds]);
  });
}

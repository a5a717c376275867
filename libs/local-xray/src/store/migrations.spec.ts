import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { SegmentDocument } from '@nestjs-xray/document';
import { TraceSearch } from '../query';
import { id, segment, T0 } from '../../test/support/trace-samples';
import { openDriver } from './driver';
import { openDatabase } from './open-database';
import { APPLICATION_ID, MIGRATIONS } from './schema';
import { TraceTotals } from './trace-totals';
import { TraceWriter } from './trace-writer';

/** The first schema that has all the columns that are written today. */
const OLDEST = 3;
/** The first schema with the column `traces.route`. */
const HAS_ROUTE = MIGRATIONS.findIndex((sql) => sql.includes('COLUMN route')) + 1;

const SAMPLES: SegmentDocument[] = Array.from({ length: 20 }, (_, at) => ({
  ...segment('shop', 'a1', [at, at + (at + 1) / 10], {
    ...(at % 5 === 0 && { fault: true }),
    annotations: { plan: at % 2 ? 'gold' : 'free' },
  }),
  trace_id: `1-6b02ef12-${String(at).padStart(24, '0')}`,
  id: id(String(at)),
}));

describe('a database of an earlier version', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'local-xray-migrations-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A file as that version left it. */
  function written(version: number): string {
    const file = join(folder, `${version}.db`);
    const driver = openDriver(file);
    for (const sql of MIGRATIONS.slice(0, version)) driver.exec(sql);
    driver.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${version}`);
    // Of what came later, today's writer needs these while it writes.
    driver.exec(
      'CREATE TEMP TABLE unwritten (trace INTEGER PRIMARY KEY, id TEXT NOT NULL); CREATE TEMP TABLE packed_aggregates (kind, step, at, body)',
    );
    if (version < HAS_ROUTE) driver.exec('ALTER TABLE traces ADD COLUMN route TEXT');
    const writer = new TraceWriter(driver);
    for (const document of SAMPLES) writer.put(document, JSON.stringify(document));
    writer.commit(true);
    if (version < HAS_ROUTE) driver.exec('ALTER TABLE traces DROP COLUMN route');
    driver.close();
    return file;
  }

  it.each(MIGRATIONS.map((_, at) => at + 1).filter((version) => version >= OLDEST))(
    'of schema %i opens, and has all its traces in every order',
    async (version) => {
      const driver = openDatabase(written(version));
      const search = new TraceSearch(driver);
      const lengths: number[] = [];
      for (const by of ['start', 'duration', 'outcome', 'hint'] as const) {
        const request = { from: T0, to: T0 + 100, limit: 50, sort: { by, descending: true } };
        lengths.push((await search.page(request, 't.id')).rows.length);
      }
      const more = { ...SAMPLES[0]!, trace_id: '1-6b02ef12-ffffffffffffffffffffffff' };
      const writer = new TraceWriter(driver);
      writer.put(more, JSON.stringify(more));
      writer.commit(true);

      expect(lengths).toEqual([20, 20, 20, 20]);
      expect(writer.stored).toBe(21);
      expect(await search.countByFlags({ from: 0, to: 2e9 })).toEqual(
        new Map([
          [0, 16],
          [1, 5],
        ]),
      );
      driver.close();
    },
  );

  it('has its aggregates of longer periods packed again from those of minutes', () => {
    const file = written(7);
    const old = openDriver(file);
    // That version added each of them up while it wrote.
    old.exec(
      'INSERT INTO aggregates SELECT kind, 600, at / 600 * 600, facet, route, bin, count, seconds, fault, error, throttle, traces FROM aggregates WHERE true ON CONFLICT DO NOTHING',
    );
    old.close();
    const driver = openDatabase(file);
    const totals = new TraceTotals(driver);
    while (totals.addedUp.step());

    expect(driver.prepare('SELECT DISTINCT step FROM aggregates').all()).toMatchObject([
      { step: 60 },
    ]);
    expect(
      driver.prepare('SELECT DISTINCT step FROM packed_aggregates ORDER BY 1').all(),
    ).toMatchObject([{ step: 600 }, { step: 7200 }]);
    driver.close();
  });
});

import type { SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';
import { faultyPost, goodPost, home, traffic } from '../../../trace/test/cruddur-traces.mjs';
import type { Driver } from './driver';
import { openDatabase } from './open-database';
import { Retention } from './retention';
import { TraceTotals } from './trace-totals';
import { TraceWriter } from './trace-writer';

const T0 = 1_795_354_386;

type Document = SegmentDocument | SubsegmentDocument;

function put(writer: TraceWriter, documents: readonly Document[]): void {
  for (const each of documents) writer.put(each, JSON.stringify(each));
}

const aggregates = (driver: Driver) =>
  driver
    .prepare(
      `SELECT a.kind, step, at, coalesce(f.key, '') AS facet, coalesce(r.key, '') AS route, bin, count,
         round(seconds, 6) AS seconds, fault, error, throttle, traces
       FROM aggregates AS a LEFT JOIN facets AS f ON f.n = a.facet LEFT JOIN facets AS r ON r.n = a.route
       WHERE count > 0 ORDER BY 1, 2, 3, 4, 5, 6`,
    )
    .all<Record<string, unknown>>();

const traces = [home(T0), faultyPost(T0 + 70), goodPost(T0 + 130), ...traffic(40, T0)];

describe('aggregates', () => {
  it('are the same in whichever parts and order documents arrive', () => {
    const atOnce = openDatabase(':memory:');
    const writer = new TraceWriter(atOnce);
    put(
      writer,
      traces.flatMap(({ segments }) => segments),
    );
    writer.commit(true);

    const inPieces = openDatabase(':memory:');
    let other = new TraceWriter(inPieces);
    const pieces = traces.flatMap(({ segments }) => segments).reverse();
    for (const [at, segment] of pieces.entries()) {
      const { end_time: _, subsegments: __, ...open } = segment;
      put(other, [{ ...open, in_progress: true } as SegmentDocument]);
      if (at % 3 === 0) other.commit(true);
      put(other, [segment]);
      // Every so often by one that knows of the earlier documents from the file alone.
      if (at % 5 === 0) {
        other.commit(true);
        other = new TraceWriter(inPieces);
      }
    }
    other.commit(true);

    expect(aggregates(inPieces)).toEqual(aggregates(atOnce));
  });

  it('are the sums over all traces', () => {
    const driver = openDatabase(':memory:');
    const writer = new TraceWriter(driver);
    put(
      writer,
      traces.flatMap(({ segments }) => segments),
    );
    writer.commit(true);

    const sums = driver
      .prepare(
        'SELECT sum(count) AS count, sum(fault) AS fault FROM aggregates WHERE kind = 0 AND step = 60',
      )
      .get();
    const faults = driver
      .prepare('SELECT count(*) AS fault FROM traces WHERE (flags & 1) <> 0')
      .get<{ fault: number }>()!.fault;
    expect(sums).toMatchObject({ count: traces.length, fault: faults });
  });

  it('contain nothing of deleted traces, nor their facets', () => {
    const driver = openDatabase(':memory:');
    const totals = new TraceTotals(driver);
    const writer = new TraceWriter(driver, totals);
    put(
      writer,
      traces.flatMap(({ segments }) => segments),
    );
    writer.commit(true);
    const retention = new Retention(driver, { seconds: -1e10, bytes: 1e12 }, totals);
    while (retention.step().nextMs !== undefined);

    for (const table of ['totals', 'traces', 'occurrences', 'aggregates', 'facets']) {
      expect(driver.prepare(`SELECT count(*) AS count FROM ${table}`).get()).toMatchObject({
        count: 0,
      });
    }
  });

  it('come to include traces that were stored before there were aggregates', () => {
    const driver = openDatabase(':memory:');
    const writer = new TraceWriter(driver);
    put(
      writer,
      traces.flatMap(({ segments }) => segments),
    );
    writer.commit(true);
    const wanted = aggregates(driver);
    driver.exec(
      'UPDATE traces SET bin = NULL; DELETE FROM aggregates; DELETE FROM occurrences; DELETE FROM facets',
    );

    const later = new TraceWriter(driver);
    while (later.countOlder());

    expect(aggregates(driver)).toEqual(wanted);
  });

  it('contain at most a fixed number of facets of a kind', () => {
    const driver = openDatabase(':memory:');
    const writer = new TraceWriter(driver);
    for (let at = 0; at < 5100; at++) {
      const id = at.toString(16).padStart(16, '0');
      put(writer, [
        {
          id,
          trace_id: `1-58406520-${at.toString(16).padStart(24, '0')}`,
          name: `made-up-${at}`,
          start_time: T0,
          end_time: T0 + 0.01,
        },
      ]);
    }
    writer.commit(true);

    expect(driver.prepare('SELECT count(*) AS count FROM facets').get()).toMatchObject({
      count: 5001,
    });
    expect(
      driver
        .prepare('SELECT sum(count) AS count FROM aggregates WHERE kind = 1 AND step = 60')
        .get(),
    ).toMatchObject({ count: 5100 });
  });
});

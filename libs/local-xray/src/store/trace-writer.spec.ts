import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { home, traffic } from '../../../trace/test/cruddur-traces.mjs';
import { segment, T0 } from '../../test/support/trace-samples';
import type { AnyDocument } from '../trace';
import type { Driver, SqlValue } from './driver';
import { openDatabase } from './open-database';
import { TraceTotals } from './trace-totals';
import { TraceWriter } from './trace-writer';

const NEVER = Infinity;
/** A few more than are needed. */
const LIMITS = { statements: 1, values: 160 };

/** Counts what is asked of SQLite: statements, and values that are bound. */
function counting(driver: Driver) {
  const counted = { statements: 0, values: 0, writes: new Map<string, number>() };
  const count = (sql: string, values: SqlValue[] = []) => {
    counted.statements++;
    counted.values += values.length;
    const table = /^INSERT (?:OR \w+ )?INTO (\w+)/.exec(sql)?.[1];
    if (table) counted.writes.set(table, (counted.writes.get(table) ?? 0) + values.length);
  };
  const prepare = (sql: string) => {
    const statement = driver.prepare(sql);
    return {
      run: (values?: SqlValue[]) => (count(sql, values), statement.run(values)),
      get: <Row>(values?: SqlValue[]) => (count(sql, values), statement.get<Row>(values)),
      all: <Row>(values?: SqlValue[]) => (count(sql, values), statement.all<Row>(values)),
    };
  };
  return { driver: { ...driver, prepare }, counted };
}

/** Counts the documents that are read again. */
function countingReads(driver: Driver) {
  const counted = { read: 0 };
  const prepare = (sql: string) => {
    const statement = driver.prepare(sql);
    if (!sql.startsWith('SELECT body FROM documents')) return statement;
    return {
      ...statement,
      all: <Row>(values?: SqlValue[]) => {
        const rows = statement.all<Row>(values);
        counted.read += rows.length;
        return rows;
      },
    };
  };
  return { driver: { ...driver, prepare }, counted };
}

async function collectGarbage(): Promise<void> {
  setFlagsFromString('--expose-gc');
  // What a WeakRef was made of or asked for is kept until the end of the turn.
  await new Promise(setImmediate);
  (runInNewContext('gc') as () => void)();
}

function put(writer: TraceWriter, documents: readonly AnyDocument[]): void {
  for (const each of documents) writer.put(each, JSON.stringify(each));
}

/** All that follows from documents, without what depends on the order in which they came. */
function derived(driver: Driver) {
  const all = (sql: string) => driver.prepare(sql).all();
  return {
    traces: all(
      'SELECT id, start, "end", duration, flags, service, segments, subsegments, bin, hint FROM traces ORDER BY id',
    ),
    annotations: all(
      'SELECT key, value, t.id FROM annotations JOIN traces AS t ON t.n = trace ORDER BY 1, 2, 3',
    ),
    aggregates: all(
      `SELECT a.kind, step, at, f.key AS facet, r.key AS route, bin, count, round(seconds, 6) AS seconds, fault, error,
         throttle, traces FROM aggregates AS a LEFT JOIN facets AS f ON f.n = a.facet
       LEFT JOIN facets AS r ON r.n = a.route ORDER BY 1, 2, 3, 4, 5, 6`,
    ),
    totals: all(
      `SELECT period, totals.start, s.body, flags, traces FROM totals JOIN shapes AS s ON s.n = shape
       ORDER BY 1, 2, 3, 4`,
    ),
    unwritten: all('SELECT * FROM unwritten'),
  };
}

const documents = [home(T0), ...traffic(30, T0)].flatMap(({ segments }) => segments);

describe('the writer of traces', () => {
  it('runs few statements for each document', () => {
    const { driver, counted } = counting(openDatabase(':memory:'));
    const writer = new TraceWriter(driver, new TraceTotals(driver), NEVER);
    put(
      writer,
      traffic(40, T0 - 300).flatMap(({ segments }) => segments),
    );
    writer.commit(true);
    counted.statements = counted.values = 0;
    const many = traffic(400, T0).flatMap(({ segments }) => segments);
    for (let at = 0; at < many.length; at += 50) {
      put(writer, many.slice(at, at + 50));
      writer.commit();
    }
    writer.commit(true);

    expect(counted.statements / many.length).toBeLessThan(LIMITS.statements);
    expect(counted.values / many.length).toBeLessThan(LIMITS.values);
  });

  it('writes a row once for documents that arrive one by one', () => {
    const { driver, counted } = counting(openDatabase(':memory:'));
    const writer = new TraceWriter(driver, new TraceTotals(driver), NEVER);
    put(writer, [segment('other', 'a0', [0, 1])]);
    writer.commit(true);
    counted.writes.clear();
    const trace_id = '1-6b02ef12-00000000000000000000000f';
    for (const id of ['a1', 'a2', 'a3']) {
      put(writer, [{ ...segment('shop', id, [0, 1]), trace_id }]);
      writer.commit();
    }
    const before = counted.writes.get('traces') ?? 0;
    const [number] = writer.commit(true);

    expect(before).toBe(0);
    expect(
      driver.prepare('SELECT revision, segments FROM traces WHERE n = ?').get([number!]),
    ).toEqual({ revision: 1, segments: 3 });
  });

  it('produces the same result whenever it is killed, and in whichever parts and order documents arrive', () => {
    const atOnce = openDatabase(':memory:');
    const writer = new TraceWriter(atOnce);
    put(writer, documents);
    writer.commit(true);
    const wanted = derived(atOnce);

    fc.assert(
      fc.property(
        fc.shuffledSubarray(documents, { minLength: documents.length }),
        fc.array(fc.constantFrom('put', 'put', 'put', 'commit', 'commit all', 'kill'), {
          minLength: documents.length * 2,
          maxLength: documents.length * 2,
        }),
        (shuffled, steps) => {
          const driver = openDatabase(':memory:');
          const start = () => new TraceWriter(driver, new TraceTotals(driver), NEVER);
          let killed = start();
          const left = [...shuffled];
          const notDurable: AnyDocument[] = [];
          for (const step of steps) {
            if (step === 'put') {
              const next = left.pop();
              if (!next) continue;
              put(killed, [next]);
              notDurable.push(next);
            } else if (step === 'kill') {
              // What was not acknowledged is sent again.
              left.push(...notDurable.splice(0));
              killed = start();
            } else {
              killed.commit(step === 'commit all');
              notDurable.splice(0);
            }
          }
          put(killed, left);
          killed.commit(true);

          expect(derived(driver)).toEqual(wanted);
          driver.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  it('indexes, after a kill, what arrived since the row was written', () => {
    const driver = openDatabase(':memory:');
    const start = () => new TraceWriter(driver, new TraceTotals(driver), NEVER);
    const killed = start();
    const trace_id = '1-6b02ef12-00000000000000000000000f';
    const noted = (id: string, annotations: Record<string, string>) => ({
      ...segment('shop', id, [0, 1]),
      trace_id,
      annotations,
    });
    put(killed, [{ ...noted('a1', { cart: 'c1', state: 'open' }), in_progress: true }]);
    killed.commit(true);
    put(killed, [noted('a1', { cart: 'c1', state: 'paid' }), noted('a2', { order: 'o1' })]);
    killed.commit();

    start().commit(true);

    expect(derived(driver).annotations).toMatchObject([
      { key: 'cart', value: 'c1' },
      { key: 'order', value: 'o1' },
      { key: 'state', value: 'paid' },
    ]);
  });

  it('writes the other rows if one cannot be written', () => {
    const driver = openDatabase(':memory:');
    const writer = new TraceWriter(driver, new TraceTotals(driver), NEVER);
    const ids = ['a', 'b', 'c'].map((digit) => `1-6b02ef12-${digit.repeat(24)}`);
    put(writer, [segment('other', 'a0', [0, 1])]);
    writer.commit(true);
    for (const [at, trace_id] of ids.entries()) {
      put(writer, [{ ...segment(`shop-${at}`, `a${at + 1}`, [0, 1]), trace_id }]);
      writer.commit();
    }
    driver.exec(
      "CREATE TRIGGER fail BEFORE INSERT ON traces WHEN NEW.service = 'shop-1' BEGIN SELECT RAISE(ABORT, 'constraint failed'); END",
    );

    const later = new TraceWriter(driver);
    later.commit(true);

    expect(driver.prepare('SELECT service FROM traces ORDER BY service').all()).toEqual(
      ['other', 'shop-0', 'shop-2'].map((service) => ({ service })),
    );
    expect(derived(driver).unwritten).toEqual([]);
  });

  it('loses only the document or the row that SQLite rejects, and reports it', () => {
    const driver = openDatabase(':memory:');
    const told: string[] = [];
    const writer = new TraceWriter(driver, new TraceTotals(driver), NEVER, {
      notListed: (id) => told.push(`row ${id}`),
      notWritable: ({ id }, reason) => told.push(`document ${id}: ${reason}`),
      traceFull: ({ id }) => told.push(`full ${id}`),
      sameId: (loss) => told.push(loss),
    });
    driver.exec(
      `CREATE TRIGGER document BEFORE INSERT ON documents WHEN NEW.id = '${segment('x', 'a2', [0, 1]).id}'
         BEGIN SELECT RAISE(ABORT, 'constraint failed'); END;
       CREATE TRIGGER row BEFORE INSERT ON traces WHEN NEW.service = 'shop-3'
         BEGIN SELECT RAISE(ABORT, 'constraint failed'); END`,
    );
    const batch = [1, 2, 3, 4].map((at) => ({
      ...segment(`shop-${at}`, `a${at}`, [0, 1]),
      trace_id: `1-6b02ef12-${String(at).repeat(24)}`,
    }));
    put(writer, batch);
    const written = writer.commit(true);

    expect(told).toEqual([
      `document ${batch[1]!.id}: constraint failed`,
      `row ${batch[2]!.trace_id}`,
    ]);
    expect(written).toHaveLength(2);
    expect(driver.prepare('SELECT service FROM traces ORDER BY service').all()).toEqual(
      ['shop-1', 'shop-4'].map((service) => ({ service })),
    );
    put(writer, [{ ...batch[0]!, id: segment('x', 'a9', [0, 1]).id, name: 'later' }]);
    expect(writer.commit(true)).toEqual([written[0]]);
    expect(driver.prepare('SELECT segments FROM traces WHERE n = ?').all([written[0]!])).toEqual([
      { segments: 2 },
    ]);
  });

  it('rarely reads a trace that is larger than its cache', () => {
    const { driver, counted } = countingReads(openDatabase(':memory:'));
    const writer = new TraceWriter(driver, new TraceTotals(driver), 0);
    const trace_id = '1-6b02ef12-00000000000000000000000f';
    const body = { default: { text: 'x'.repeat(1000), list: Array.from({ length: 500 }, String) } };
    const document = (at: number) => ({
      ...segment('shop', at.toString(16), [0, 1]),
      trace_id,
      metadata: body,
    });
    for (let at = 1; at <= 2_800; at++) put(writer, [document(at)]);
    writer.commit(true);
    counted.read = 0;
    for (let at = 2_801; at <= 2_850; at++) {
      put(writer, [document(at)]);
      writer.commit();
    }

    expect(counted.read).toBeLessThan(2_900);
    driver.close();
  });

  it('keeps documents in memory only while more of their trace are expected', async () => {
    const driver = openDatabase(':memory:');
    const writer = new TraceWriter(driver);
    const kept = (trace_id: string, more: object) => {
      const document = { ...segment('shop', 'a1', [0, 1]), ...more, trace_id };
      put(writer, [document]);
      return new WeakRef(document);
    };
    const over = kept('1-6b02ef12-00000000000000000000000a', {});
    const inProgress = kept('1-6b02ef12-00000000000000000000000b', { in_progress: true });
    writer.commit(true);
    await collectGarbage();

    expect(inProgress.deref()).toBeDefined();
    expect(over.deref()).toBeUndefined();
    driver.close();
  });

  it('reads a trace that seemed to be over once when more of it comes', () => {
    const { driver, counted } = countingReads(openDatabase(':memory:'));
    const writer = new TraceWriter(driver, new TraceTotals(driver), 0);
    const trace_id = '1-6b02ef12-00000000000000000000000f';
    for (const id of ['a1', 'a2', 'a3', 'a4', 'a5']) {
      put(writer, [{ ...segment('shop', id, [0, 1]), trace_id }]);
      writer.commit(true);
    }

    expect(counted.read).toBe(1);
    expect(driver.prepare('SELECT segments, revision FROM traces').all()).toEqual([
      { segments: 5, revision: 5 },
    ]);
    driver.close();
  });
});

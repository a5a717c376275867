import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXrayOptions, TraceLogLine } from '../src';
import { resolveOptions } from '../src/options/local-xray.options';
import type { Driver } from '../src/store/driver';
import { openReader } from '../src/store/open-database';
import { StoredTraces } from '../src/store/stored-traces';
import { TraceStore } from '../src/engine/trace-store';
import { until } from './support/client';

const now = () => Date.now() / 1000;
const segment = (over: object = {}) => ({
  trace_id: newTraceId(),
  id: newId(),
  name: 'shop',
  start_time: now(),
  end_time: now() + 0.5,
  ...over,
});

const line = (traceId: string, message = 'hello'): TraceLogLine => ({
  time: now(),
  level: 'info',
  message,
  attributes: {},
  traceId,
  service: 'shop',
});

/** What a store promises, wherever it keeps its data. */
describe.each(['a file', ':memory:'])('TraceStore in %s', (where) => {
  let folder: string;
  let store: TraceStore;
  const open = (options: LocalXrayOptions = {}) =>
    TraceStore.open(
      resolveOptions({
        database: where === 'a file' ? join(folder, 'xray.db') : where,
        ...options,
      }),
    );
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'local-xray-store-'));
    store = await open();
  });
  afterEach(async () => {
    await store.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Puts documents, and waits until they can be read. */
  const put = async (...documents: object[]) => {
    const result = await store.ingest.put(documents.map((each) => JSON.stringify(each)));
    await store.ingest.flush();
    return result;
  };
  /** Looks into the file with a connection of its own. */
  const look = <T>(read: (driver: Driver) => T): T => {
    const driver = openReader(store.file);
    try {
      return read(driver);
    } finally {
      driver.close();
    }
  };
  const texts = (id: string) => look((driver) => new StoredTraces(driver).texts(id));
  const annotations = () =>
    look((driver) =>
      driver.prepare('SELECT key, value, start FROM annotations ORDER BY key').all(),
    );
  const count = (table: string) =>
    look((driver) =>
      driver.prepare(`SELECT count(*) AS count FROM ${table}`).get<{ count: number }>(),
    )!.count;

  it('returns a document once everything before it is flushed', async () => {
    const document = segment();
    await put(document);

    expect(texts(document.trace_id)).toMatchObject({
      texts: [JSON.stringify(document)],
      revision: 1,
    });
  });

  it('finds a trace by an id in upper or lower case', async () => {
    const document = segment();
    await put({ ...document, trace_id: document.trace_id.toUpperCase() });

    expect(texts(document.trace_id)?.texts).toHaveLength(1);
  });

  it('keeps one document per id, the latest', async () => {
    const document = segment();
    await put(document, { ...document, name: 'second' });
    await put({ ...document, name: 'third' });

    expect(texts(document.trace_id)?.texts.map((text: string) => JSON.parse(text).name)).toEqual([
      'third',
    ]);
  });

  it('moves the index of annotations with the start of the trace, and removes what documents no longer contain', async () => {
    const root = segment({ annotations: { plan: 'gold', size: 1, sent: true } });
    await put({
      ...root,
      id: newId(),
      type: 'subsegment',
      parent_id: root.id,
      start_time: root.start_time + 5,
      end_time: root.start_time + 6,
      annotations: { early: 1 },
    });
    await put(root);
    await put({ ...root, annotations: { plan: 'gold', size: 2 } });

    expect(annotations()).toEqual([
      { key: 'early', value: 1, start: root.start_time },
      { key: 'plan', value: 'gold', start: root.start_time },
      { key: 'size', value: 2, start: root.start_time },
    ]);
  });

  it('works if the earlier documents of a trace are no longer in memory', async () => {
    const root = segment({ annotations: { plan: 'gold' } });
    await put(root);
    // More documents than are kept parsed.
    await put(...Array.from({ length: 6500 }, () => segment()));
    await put({ ...root, annotations: { plan: 'silver' } });

    expect(annotations()).toEqual([{ key: 'plan', value: 'silver', start: root.start_time }]);
    expect(texts(root.trace_id)?.revision).toBe(2);
  });

  it('reports which traces changed', async () => {
    const changed: number[] = [];
    store.onChange((traces) => changed.push(...traces));
    await put(segment());
    await until(
      () => store.reads.rows(changed),
      (rows) => rows.length === 1,
    );

    expect(await store.reads.rows(changed)).toMatchObject([
      { service: 'shop', partial: false, segments: 1 },
    ]);
  });

  it('accepts a long stream of subsegments of one trace, and has the correct row at the end', async () => {
    const root = segment();
    for (let batch = 0; batch < 20; batch++) {
      const alone = Array.from({ length: 100 }, () => ({
        ...segment(),
        trace_id: root.trace_id,
        type: 'subsegment',
        parent_id: root.id,
      }));
      await put(...alone);
    }
    await put(root);
    await store.ingest.flush();

    const row = look((driver) =>
      driver.prepare('SELECT segments, subsegments, flags FROM traces').get(),
    );
    expect(row).toEqual({ segments: 1, subsegments: 2000, flags: 0 });
  });

  it('deletes what exceeds the retention time, with everything that belongs to it', async () => {
    await store.close();
    store = await open({ retention: { seconds: 0.2 } });
    const links = [{ trace_id: newTraceId(), id: newId() }];
    const gold = segment({ annotations: { plan: 'gold' }, links });
    await put(gold, segment({ name: 'other' }));
    await store.ingest.putLogs([line(gold.trace_id), line(newTraceId())]);
    expect([count('traces'), count('logs'), count('links')]).toEqual([2, 2, 1]);

    const tables = ['traces', 'documents', 'annotations', 'shapes', 'logs', 'log_traces', 'links'];
    await until(
      () => Promise.resolve(tables.map(count)),
      (counts) => counts.every((each) => each === 0),
      // What is too old is searched for every five seconds.
      12_000,
    );
  }, 15_000);

  it('deletes the oldest traces while the database exceeds its size limit', async () => {
    await store.close();
    store = await open({ retention: { bytes: 500_000 } });
    const first = segment({ metadata: { a: { b: 'x'.repeat(5000) } } });
    await put(first);
    let last = first;
    for (let at = 0; at < 200; at++) {
      last = segment({ metadata: { a: { b: 'x'.repeat(5000) } } });
      await put(last);
    }

    await until(
      () => Promise.resolve(count('traces')),
      (traces) => traces < 100,
    );
    expect(texts(first.trace_id)).toBeUndefined();
    expect(texts(last.trace_id)).toBeDefined();
  }, 15_000);

  it('deletes logs whose trace never arrived while the database exceeds its size limit', async () => {
    await store.close();
    store = await open({ retention: { bytes: 500_000 } });
    for (let at = 0; at < 100; at++)
      await store.ingest.putLogs([line(newTraceId(), 'x'.repeat(10_000))]);

    await until(
      () => Promise.resolve(count('logs')),
      (logs) => logs < 50,
    );
    expect(count('log_traces')).toBe(count('logs'));
  }, 15_000);
});

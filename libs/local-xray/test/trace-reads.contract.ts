import { newId, newTraceId } from '@nestjs-xray/document';
import type { ListSort } from '../src/console-api';
import { readCursor } from '../src/reads/list-cursor';
import type { TraceReads } from '../src/reads/trace-reads';

/** What a test of {@link TraceReads} needs of an engine. */
export interface Engine {
  reads: TraceReads;
  /** Resolves when the documents can be read. */
  put(documents: object[]): Promise<void>;
  close(): Promise<void>;
}

const T0 = 1_795_000_000;

/** A trace that starts so many seconds after T0. */
function trace(at: number, over: object = {}) {
  const start = T0 + at;
  return {
    trace_id: newTraceId(),
    id: newId(),
    name: 'shop',
    start_time: start,
    end_time: start + 0.25,
    ...over,
  };
}

/** What every engine behind {@link TraceReads} promises. */
export function traceReadsContract(name: string, open: () => Promise<Engine>): void {
  describe(`TraceReads of ${name}`, () => {
    const all = { from: T0, to: T0 + 1000 };
    const plain = Array.from({ length: 5 }, (_, at) =>
      trace(at * 10, { annotations: { number: at }, user: `user-${at}` }),
    );
    const failed = trace(100, {
      fault: true,
      name: 'billing',
      http: { response: { status: 500 } },
    });
    const refused = trace(110, { error: true, throttle: true });
    // Outside of the window of the others: a worker whose subsegment handles what two traces sent.
    const handled = newId();
    const worker = trace(5000, {
      subsegments: [
        {
          id: handled,
          name: 'handle',
          start_time: T0 + 5000,
          end_time: T0 + 5000.1,
          links: [
            {
              trace_id: failed.trace_id.toUpperCase(),
              id: failed.id,
              attributes: { 'messaging.message.id': 'm-1' },
            },
            { trace_id: refused.trace_id, id: refused.id },
            { trace_id: newTraceId(), id: newId() },
          ],
        },
      ],
    });
    let engine: Engine;
    beforeAll(async () => {
      engine = await open();
      await engine.put([...plain, failed, refused, worker]);
    });
    afterAll(() => engine.close());

    it('lists the newest first, up to the limit, and counts all', async () => {
      const { rows, counts, truncated } = await engine.reads.list({ ...all, limit: 2 });

      expect(rows.map(({ id }) => id)).toEqual([refused.trace_id, failed.trace_id]);
      expect(counts).toEqual({ total: 7, ok: 5, error: 0, throttle: 1, fault: 1 });
      expect(truncated).toBe(true);
    });

    it('includes both ends of the window', async () => {
      const { counts } = await engine.reads.list({ from: T0 + 10, to: T0 + 30, limit: 1 });

      expect(counts.total).toBe(3);
      expect(await engine.reads.counts({ from: T0 + 10, to: T0 + 30 })).toEqual(counts);
    });

    it('finds by filter expressions', async () => {
      const { rows } = await engine.reads.list({
        ...all,
        filter: 'annotation.number > 2',
        limit: 10,
      });

      expect(rows.map(({ id }) => id)).toEqual([plain[4]!.trace_id, plain[3]!.trace_id]);
    });

    it.each([
      'time',
      'duration',
      'status',
      'hint',
      'route',
      'service',
      'user',
      'annotations',
    ] as const)(
      'lists by %s page by page, each trace once, forwards and backwards',
      async (sort) => {
        const through = async (descending: boolean): Promise<string[]> => {
          const query = { ...all, sort, descending, limit: 2 };
          const first = await engine.reads.list(query);
          const ids = first.rows.map(({ id }) => id);
          for (let { next } = first; next !== undefined;) {
            const page = await engine.reads.page({ ...query, after: readCursor(next)! });
            ids.push(...page.rows.map(({ id }) => id));
            next = page.next;
          }
          return ids;
        };

        expect(await through(true)).toHaveLength(7);
        expect(new Set(await through(true)).size).toBe(7);
        expect(new Set(await through(false)).size).toBe(7);
      },
    );

    it('sorts over the whole window, not over the page', async () => {
      const firstBy = async (sort: ListSort, descending: boolean) =>
        (await engine.reads.page({ ...all, sort, descending, limit: 1 })).rows[0]!.id;

      expect(await firstBy('time', false)).toBe(plain[0]!.trace_id);
      expect(await firstBy('status', true)).toBe(failed.trace_id);
      expect(await firstBy('service', false)).toBe(failed.trace_id);
      expect(await firstBy('user', true)).toBe(plain[4]!.trace_id);
      // What has no user comes last in either direction.
      expect(await firstBy('user', false)).toBe(plain[0]!.trace_id);
    });

    it('lists only some outcomes, and counts all', async () => {
      const { rows, counts, truncated } = await engine.reads.list({
        ...all,
        outcomes: ['fault', 'throttle'],
        limit: 2,
      });

      expect(rows.map(({ id }) => id)).toEqual([refused.trace_id, failed.trace_id]);
      expect(counts.total).toBe(7);
      expect(truncated).toBe(false);
    });

    it('counts every trace by outcome, time and duration', async () => {
      const { total, cells, since } = await engine.reads.overview(all);
      const sum = (key: 'count' | 'fault' | 'error' | 'throttle') =>
        cells.reduce((found, cell) => found + cell[key], 0);

      expect(total).toMatchObject({ count: 7, fault: 1, error: 0, throttle: 1 });
      expect([sum('count'), sum('fault'), sum('error'), sum('throttle')]).toEqual([7, 1, 0, 1]);
      expect(since).toBeUndefined();
    });

    it('returns summaries page by page, each trace once', async () => {
      const found: string[] = [];
      let after: Parameters<TraceReads['summaries']>[0]['after'];
      do {
        const page = await engine.reads.summaries({ ...all, by: 'start', limit: 3, after });
        found.push(...page.summaries.map(({ id }) => id));
        after = page.next;
      } while (after);

      expect(found).toHaveLength(7);
      expect(new Set(found)).toEqual(
        new Set([...plain, failed, refused].map(({ trace_id }) => trace_id)),
      );
    });

    it('returns a trace by its id, and null if there is none', async () => {
      expect(await engine.reads.trace(failed.trace_id)).toMatchObject({ segments: [failed] });
      expect(await engine.reads.trace(newTraceId())).toBeNull();
    });

    it('returns the documents of the traces that exist', async () => {
      const unknown = newTraceId();
      const { Traces, ...rest } = await engine.reads.documents({ ids: [unknown, failed.trace_id] });

      expect(rest).toEqual({ UnprocessedTraceIds: [unknown] });
      expect(Traces).toMatchObject([{ Id: failed.trace_id, Segments: [{ Id: failed.id }] }]);
      expect(JSON.parse(Traces[0]!.Segments[0]!.Document)).toEqual(failed);
    });

    it('returns linked traces, from either side', async () => {
      const to = await engine.reads.links(worker.trace_id);
      const from = await engine.reads.links(failed.trace_id);
      const none = await engine.reads.links(plain[0]!.trace_id);

      expect(to.to.map(({ id }) => id).sort()).toEqual([failed.trace_id, refused.trace_id].sort());
      expect(to).toMatchObject({ from: [], fromTotal: 0 });
      const attributes = { 'messaging.message.id': 'm-1' };
      expect(from).toEqual({
        to: [],
        from: [
          {
            row: expect.objectContaining({ id: worker.trace_id }),
            links: [{ to: failed.id, id: handled, name: 'handle', attributes }],
          },
        ],
        fromTotal: 1,
      });
      expect(none).toEqual({ to: [], from: [], fromTotal: 0 });
    });

    it('sums the graph over all traces of the window', async () => {
      const services = await engine.reads.graph(all);

      expect(
        services.map(({ Name, SummaryStatistics }) => [Name, SummaryStatistics?.TotalCount]),
      ).toEqual(
        [
          ['client', undefined],
          ['shop', 6],
          ['billing', 1],
        ].sort(
          (a, b) =>
            Number(b[0] === 'client') - Number(a[0] === 'client') ||
            (String(a[0]) < String(b[0]) ? -1 : 1),
        ),
      );
      expect(await engine.reads.traceGraph([failed.trace_id])).toMatchObject([
        { Name: 'client' },
        { Name: 'billing', SummaryStatistics: { FaultStatistics: { TotalCount: 1 } } },
      ]);
    });

    it('sums series by the period in which a trace starts', async () => {
      const from = Math.floor(T0 / 60) * 60;
      const series = await engine.reads.series({ from, to: from + 179, period: 60 });
      const total = series.reduce((sum, each) => sum + each.EdgeSummaryStatistics!.TotalCount, 0);

      expect(series).toHaveLength(3);
      expect(total).toBe(7);
    });

    it.each([
      ['services', '', '', ['shop', 'billing']],
      ['users', '', 'USER-1', ['user-1']],
      ['annotation-keys', '', 'n', ['number']],
      ['annotation-values', 'number', '3', [3]],
    ] as const)('completes %s', async (kind, key, prefix, expected) => {
      const values = await engine.reads.completions({ kind, key, prefix });

      expect(values.map(({ value }) => value)).toEqual(expected);
    });

    it('says where a filter expression is invalid', async () => {
      await expect(engine.reads.counts({ ...all, filter: 'fault AND' })).rejects.toMatchObject({
        name: 'FilterSyntaxError',
        position: expect.any(Number),
        expected: expect.any(Array),
      });
      await expect(engine.reads.counts({ ...all, group: 'nobody' })).rejects.toMatchObject({
        name: 'UnknownGroupError',
      });
    });

    it.each(['list', 'page', 'counts', 'graph', 'series', 'overview'] as const)(
      'gives up a %s whose signal is aborted, and answers the next',
      async (name) => {
        const aborter = new AbortController();
        const query = { ...all, limit: 1, period: 60, filter: 'service() { annotation.no = "x" }' };
        const asked = engine.reads[name](query, aborter.signal);
        aborter.abort();

        await expect(asked).rejects.toMatchObject({ name: 'AbortError' });
        expect((await engine.reads.counts(all)).total).toBe(7);
      },
    );
  });
}

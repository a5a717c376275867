import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { call, datagram, put, sendUdp, start, until, url } from './support/client';

const now = Date.now() / 1000 - 60;

/** A subsegment sent on its own. */
function part(trace: string, parent: string, metadata: unknown = 'x') {
  return {
    trace_id: trace,
    id: newId(),
    parent_id: parent,
    type: 'subsegment',
    name: 'part',
    start_time: now,
    end_time: now + 1,
    metadata: { default: { metadata } },
  };
}

function segment(trace: string, over: object = {}) {
  return { trace_id: trace, id: newId(), name: 'job', start_time: now, end_time: now + 9, ...over };
}

const LARGE = 'x'.repeat(1_000_000);

async function send(server: LocalXray, ...documents: object[]) {
  const { status, body } = await call(server, 'TraceSegments', {
    TraceSegmentDocuments: documents.map((each) => JSON.stringify(each)),
  });
  expect(status).toBe(200);
  return body.UnprocessedTraceSegments as { Id: string; ErrorCode: string; Message: string }[];
}

describe('a trace that does not stop growing', () => {
  const folder = mkdtempSync(join(tmpdir(), 'local-xray-large-'));
  const database = join(folder, 'xray.db');
  const id = newTraceId(now);
  const job = newId();
  let server: LocalXray;
  let refused: Awaited<ReturnType<typeof send>> = [];
  const sent: string[] = [];

  const json = async (path: string) => (await fetch(url(server, path))).json() as Promise<any>;

  beforeAll(async () => {
    server = await start({ database });
    await put(server, segment(id, { id: job, end_time: undefined, in_progress: true }));
    for (let batch = 0; batch < 6; batch++) {
      const parts = [1, 2, 3].map(() => part(id, job, LARGE));
      sent.push(...parts.map((each) => each.id));
      refused = [...refused, ...(await send(server, ...parts))];
    }
  });
  afterAll(async () => {
    await server.close();
    rmSync(folder, { recursive: true });
  });

  it('keeps what fits, and answers what does not with the reason', async () => {
    expect(refused).toHaveLength(4);
    expect(refused.map(({ Id }) => Id)).toEqual(sent.slice(-4));
    expect(refused[0]).toMatchObject({
      ErrorCode: 'TraceTooLarge',
      Message: expect.stringContaining('the size limit for one trace') as string,
    });
    const trace = await json(`/console/traces/${id}`);
    expect(trace.segments[0].subsegments.map((each: { id: string }) => each.id).sort()).toEqual(
      sent.slice(0, -4).sort(),
    );
  });

  it('is named once in the status, and all of it is counted', async () => {
    const trace = newTraceId(now);
    await put(server, segment(trace));
    await sendUdp(server, datagram(part(id, job)), datagram(part(trace, newId())));
    const status = await until(
      () => json('/console/status'),
      ({ rejected, received }) => rejected >= 5 && received >= 17,
    );
    expect(status).toMatchObject({ rejected: 5, received: 17 });
    expect(status.rejections).toEqual([
      expect.objectContaining({
        code: 'TraceTooLarge',
        message: expect.stringContaining(
          `Subsegments of trace ${id} are no longer stored`,
        ) as string,
      }),
    ]);
  });

  it('says of itself that it is full, in the console, as text and to AWS’s clients', async () => {
    expect(await json(`/console/traces/${id}`)).toMatchObject({ full: true });
    const text = await (await fetch(url(server, `/traces/${id}.md`))).text();
    expect(text).toContain('subsegments that arrived later were not stored');
    const { body } = await call(server, 'Traces', { TraceIds: [id] });
    expect(body.Traces[0]).toMatchObject({ Id: id, LimitExceeded: true });
  });

  it('still gets its end, and costs other traces nothing', async () => {
    const other = newTraceId(now);
    const end = segment(id, { id: job, fault: true });
    const answer = await send(server, part(id, job), end, part(other, newId()), segment(other));
    expect(answer).toEqual([expect.objectContaining({ ErrorCode: 'TraceTooLarge' })]);
    const list = await json('/console/traces');
    expect(list.rows.find((row: { id: string }) => row.id === id)).toMatchObject({
      fault: true,
      partial: false,
    });
    const trace = await json(`/console/traces/${other}`);
    expect(trace).not.toHaveProperty('full');
    expect([trace.segments.length, trace.orphans.length]).toEqual([1, 1]);
  });

  it('takes no more segments either once it is far too large', async () => {
    const answer = await send(server, ...[1, 2, 3].map(() => segment(id, { user: LARGE })));
    expect(answer).toHaveLength(1);
    expect(answer[0]).toMatchObject({ ErrorCode: 'TraceTooLarge' });
  });

  it('refuses spans of OpenTelemetry by the same rule', async () => {
    const [, time, rest] = id.split('-');
    const span = (over: object) => ({
      traceId: `${time}${rest}`,
      spanId: newId(),
      name: 'call',
      kind: 3,
      startTimeUnixNano: `${Math.floor(now)}000000000`,
      endTimeUnixNano: `${Math.floor(now)}500000000`,
      ...over,
    });
    const response = await fetch(url(server, '/v1/traces'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        resourceSpans: [
          {
            scopeSpans: [
              { spans: [span({ parentSpanId: job }), span({ traceId: 'ab'.repeat(16) })] },
            ],
          },
        ],
      }),
    });
    expect(await response.json()).toMatchObject({
      partialSuccess: {
        rejectedSpans: '1',
        errorMessage: expect.stringContaining('the size limit for one trace') as string,
      },
    });
  });

  it('is full after a restart too', async () => {
    await server.close();
    server = await start({ database });
    expect(await send(server, part(id, job))).toEqual([
      expect.objectContaining({ ErrorCode: 'TraceTooLarge' }),
    ]);
    expect(await json(`/console/traces/${id}`)).toMatchObject({ full: true });
  });
});

describe('a document that replaces another', () => {
  it('does not add to the size of its trace, however often it comes', async () => {
    const server = await start();
    try {
      const id = newTraceId(now);
      const one = segment(id, { in_progress: true, end_time: undefined });
      const user = 'x'.repeat(900_000);
      for (let times = 0; times < 20; times++) await put(server, { ...one, user });
      await put(server, part(id, one.id));
    } finally {
      await server.close();
    }
  });
});

describe('documents that take many times their size in memory', () => {
  it.each([
    ['empty objects', '{}', 14],
    ['keys', '{"a":{},"b":{}}', 8],
  ])(
    'are stored, a request full of %s after another',
    async (_, unit, many) => {
      const server = await start();
      const values = `[${Array(Math.floor(1_000_000 / (unit.length + 1)))
        .fill(unit)
        .join(',')}]`;
      try {
        for (let batch = 0; batch < 2; batch++) {
          const texts = Array.from({ length: many }, () =>
            JSON.stringify({
              ...segment(newTraceId(now)),
              metadata: { default: { x: 0 } },
            }).replace('{"x":0}', `{"x":${values}}`),
          );
          const body = JSON.stringify({ TraceSegmentDocuments: texts });
          const response = await fetch(url(server, '/TraceSegments'), { method: 'POST', body });
          expect([response.status, await response.json()]).toEqual([
            200,
            { UnprocessedTraceSegments: [] },
          ]);
        }
        const { body } = await call(server, 'TraceSummaries', {
          StartTime: now - 60,
          EndTime: now + 60,
        });
        expect(body.TraceSummaries).toHaveLength(2 * many);
      } finally {
        await server.close();
      }
    },
    60_000,
  );
});

import type { SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';
import { allLogs, logsOf, type SentLogLine } from './logs';
import { buildTree } from './trace-tree';

const START = 1_700_000_000;
const sub = (id: string, from: number, to: number, more: object = {}): SubsegmentDocument => ({
  id: id.repeat(16),
  name: id,
  start_time: START + from,
  end_time: START + to,
  ...more,
});
const trace = (subsegments: SubsegmentDocument[], more: object = {}, name = 'shop') => ({
  id: '1-67000000-0123456789abcdef01234567',
  segments: [
    { ...sub('a', 0, 10, { subsegments, ...more }), name, trace_id: 'x' } as SegmentDocument,
  ],
  orphans: [],
});
const sent = (time: number, message: string, more: Partial<SentLogLine> = {}): SentLogLine => ({
  time: START + time,
  level: 'info',
  message,
  attributes: {},
  service: 'shop',
  ...more,
});
const texts = (documents: object, sentLines: SentLogLine[] = []) =>
  allLogs(
    buildTree({ ...(documents as ReturnType<typeof trace>), logs: sentLines }, START + 20),
  ).lines.map(({ message, node, at }) => [message, node.name, at && Math.round(at * 1e3) / 1e3]);

describe('the log lines of a trace', () => {
  it('are read from the metadata of every node, by time', () => {
    const logs = (...lines: object[]) => ({ metadata: { default: { logs: lines } } });
    const doc = trace(
      [
        sub('b', 1, 4, logs({ time: START + 3, level: 'warn', message: 'second' })),
        sub('c', 1, 2, logs({ time: (START + 1.5) * 1000, level: 'log', message: { id: 1 } })),
      ],
      logs({ time: new Date((START + 9) * 1000).toISOString(), message: 'third' }),
    );
    expect(texts(doc)).toEqual([
      ['{"id":1}', 'c', 1.5],
      ['second', 'b', 3],
      ['third', 'shop', 9],
    ]);
  });

  it('include how many the toolkit left out, and metadata with the same name is not a log', () => {
    const tree = buildTree(
      trace([
        sub('b', 1, 4, {
          metadata: {
            default: {
              logs: ['not', 'lines'],
              'log lines': [{ time: START + 2, level: 'debug', message: 'x' }, '[17 more]'],
            },
          },
        }),
      ]),
      START + 20,
    );
    expect(allLogs(tree)).toMatchObject({ lines: [{ level: 'debug', message: 'x' }], left: 17 });
  });

  it('have four levels, whatever names a logger uses', () => {
    const levels = (names: string[]) => {
      const lines = names.map((level) => ({ time: START, level, message: level }));
      const tree = buildTree(trace([], { metadata: { app: { logs: lines } } }), START + 20);
      return logsOf(tree.nodes[0] as (typeof tree.nodes)[0]).map(({ level }) => level);
    };
    expect(levels(['error', 'fatal', 'ERROR', 'critical', 'emerg'])).toEqual(
      Array(5).fill('error'),
    );
    expect(levels(['warn', 'WARNING'])).toEqual(['warn', 'warn']);
    expect(levels(['log', 'info', 'notice', 'whatever'])).toEqual(Array(4).fill('info'));
    expect(levels(['verbose', 'debug', 'TRACE'])).toEqual(Array(3).fill('debug'));
  });

  it('include log records on their span, or else on their service, or else on the root', () => {
    const doc = trace([sub('b', 1, 4)]);
    expect(
      texts(doc, [
        sent(2, 'on b', { segmentId: 'b'.repeat(16) }),
        sent(5, 'on the service'),
        sent(6, 'of a stranger', { service: 'other', segmentId: 'f'.repeat(16) }),
      ]),
    ).toEqual([
      ['on b', 'b', 2],
      ['on the service', 'shop', 5],
      ['of a stranger', 'shop', 6],
    ]);
  });

  it('show a line once that arrived both ways, and twice what was logged twice', () => {
    const line = (at: number) => ({ time: START + at, level: 'log', message: 'retry' });
    const doc = trace([], { metadata: { default: { logs: [line(1), line(3)] } } });
    expect(texts(doc, [sent(1.002, 'retry'), sent(3, 'retry'), sent(7, 'retry')])).toEqual([
      ['retry', 'shop', 1],
      ['retry', 'shop', 3],
      ['retry', 'shop', 7],
    ]);
  });

  it('move with a service whose clock differs', () => {
    const called = {
      id: 'e'.repeat(16),
      name: 'mail',
      trace_id: 'x',
      parent_id: 'b'.repeat(16),
      start_time: START - 100,
      end_time: START - 98,
      metadata: { default: { logs: [{ time: START - 99, level: 'log', message: 'sent' }] } },
    };
    const doc = trace([sub('b', 2, 6, { namespace: 'remote' })]);
    doc.segments.push(called);
    const [[, , at]] = texts(doc) as [[string, string, number]];
    expect(at).toBeGreaterThan(2);
    expect(at).toBeLessThan(6);
  });

  it('accept any document', () => {
    const odd = [null, 3, 'text', {}, { message: null }, { message: undefined }, { time: {} }];
    const doc = trace([], { metadata: { a: { logs: odd }, b: null, c: { logs: 'no list' } } });
    expect(texts(doc)).toEqual([['null', 'shop', undefined]]);
  });
});

import * as fc from 'fast-check';
import type { SegmentDocument, SubsegmentDocument } from '../document';
import { buildTree } from '../trace-tree';
import { topHints } from './hint-text';
import { nodeText } from './node-text';
import { topException } from './sections';
import { MOST_BYTES, traceText } from './trace-text';
import { treeText } from './tree-text';

const TRACE = '1-67000000-0123456789abcdef01234567';
const id = (at: number): string => at.toString(16).padStart(16, '0');

/** A request for the feed that asks for the replies to each activity, and one that fails at the end. */
function feed(rows: number): SegmentDocument {
  const query = (at: number): SubsegmentDocument => ({
    id: id(10 + at),
    name: 'cruddur@db',
    namespace: 'remote',
    start_time: 1000 + at / 100,
    end_time: 1000 + at / 100 + 0.009,
    sql: { sanitized_query: 'SELECT uuid FROM activities WHERE reply_to = ANY($1)' },
  });
  return {
    trace_id: TRACE,
    id: id(1),
    name: 'backend-nest',
    start_time: 1000,
    end_time: 1001,
    http: {
      request: { method: 'GET', url: 'http://localhost/api/activities/home' },
      response: { status: 500 },
    },
    annotations: { http_route: '/api/activities/home', n_plus_one: true },
    fault: true,
    subsegments: [
      {
        id: id(2),
        name: 'HomeActivities.repliesOneByOne',
        start_time: 1000,
        end_time: 1000.99,
        fault: true,
        metadata: {
          nest: {
            source: '/app/src/activities/home-activities.service.ts:34:3',
            logs: [
              { time: 1000.5, level: 'warn', context: 'Feed', message: 'slow \u001b[31mfeed' },
            ],
          },
        },
        cause: {
          working_directory: '/app',
          exceptions: [
            {
              id: id(3),
              type: 'TypeError',
              message: 'row is undefined',
              stack: [
                { path: '/app/node_modules/pg/client.js', line: 9, label: 'query' },
                { path: '/app/src/activities/present.ts', line: 12, label: 'present' },
              ],
            },
          ],
        },
        subsegments: Array.from({ length: rows }, (_, at) => query(at)),
      },
    ],
  };
}

const treeOf = (...segments: SegmentDocument[]) =>
  buildTree({ id: TRACE, segments, orphans: [] }, 2000);

describe('the text of a trace', () => {
  const text = traceText(treeOf(feed(12)));

  it('names its hints, with the source line', () => {
    expect(text).toContain(
      '- N+1 in HomeActivities.repliesOneByOne, home-activities.service.ts:34: 12 × the same SELECT',
    );
    expect(topHints(treeOf(feed(12)), 2).join('\n')).toContain(
      'N+1 in HomeActivities.repliesOneByOne, home-activities.service.ts:34',
    );
  });

  it('says once how long nothing is accounted for', () => {
    const [subsegment] = feed(0).subsegments!;
    const late = { ...subsegment!, start_time: 1000.6 };

    expect(topHints(treeOf({ ...feed(0), subsegments: [late] }), 2)).toContain(
      'Time that nothing accounts for: 600 ms, 60 % of the response time',
    );
  });

  it('contains the exception with the frames of the application', () => {
    expect(text).toContain('- TypeError: row is undefined');
    expect(text).toContain('at present (/app/src/activities/present.ts:12)');
    expect(text).not.toContain('node_modules');
    expect(topException(treeOf(feed(1)))).toBe('TypeError: row is undefined, present.ts:12');
  });

  it('folds siblings that did the same, with their time and the id of the first', () => {
    expect(text).toContain(
      '   └─ 12 × SELECT … FROM activities WHERE reply_to = ANY($1) [SQL] 108 ms #000000000000000a',
    );
  });

  it('has queries, critical path, source and logs', () => {
    expect(text).toContain('## Critical path');
    expect(text).toMatch(/- 12 × SELECT .*, 108 ms in all, from home-activities\.service\.ts:34/);
    expect(text).toContain(
      '- HomeActivities.repliesOneByOne: /app/src/activities/home-activities.service.ts:34',
    );
    expect(text).toContain('warn [Feed] slow [31mfeed #0000000000000002');
  });

  it('never contains a control character for a terminal', () => {
    expect(text).not.toMatch(/[^\n\P{Cc}]/u);
  });

  it('is the text of one node on request', () => {
    const node = nodeText(treeOf(feed(3)), `#${id(2)}`);
    expect(node).toContain('- Source: /app/src/activities/home-activities.service.ts:34');
    expect(node).toContain('"source": "/app/src/activities/home-activities.service.ts:34:3"');
    expect(nodeText(treeOf(feed(3)), 'ffff')).toBeUndefined();
  });

  it('stays within 20 kB, however large the trace is', () => {
    const wide = feed(0);
    wide.subsegments = Array.from({ length: 5_000 }, (_, at) => ({
      id: id(100 + at),
      name: `step ${at} ${'é'.repeat(200)}`,
      start_time: 1000 + at / 10_000,
      end_time: 1000.9,
      metadata: { nest: { source: `/app/${'x'.repeat(200)}${at}.ts:1` } },
    }));
    const large = traceText(treeOf(wide));
    expect(Buffer.byteLength(large)).toBeLessThanOrEqual(MOST_BYTES);
    expect(large).toContain('… cut here. Ask for one node by its #id');
    const metadata = { big: Array.from({ length: 100 }, () => 'x'.repeat(3_000)) };
    const node = nodeText(treeOf({ ...feed(0), metadata: { default: metadata } }), id(1))!;
    expect(Buffer.byteLength(node)).toBeLessThanOrEqual(MOST_BYTES);
    expect(node).toContain('… cut here. The console shows the whole document.');
  });

  it('shows the longest nodes and those with errors or faults if there are too many', () => {
    const many = feed(0);
    many.subsegments = Array.from({ length: 30 }, (_, at) => ({
      id: id(100 + at),
      name: `step ${at}`,
      start_time: 1000,
      end_time: 1000 + (at + 1) / 100,
      ...(at === 0 && { fault: true }),
    }));
    const lines = treeText(treeOf(many), { details: false, mostLines: 4 }).split('\n');
    expect(lines.slice(1)).toEqual(['├─ step 0 FAULT', '├─ step 28', '├─ step 29', '└─ … 27 more']);
  });

  it('accepts any documents', () => {
    const anything = fc.anything({ maxDepth: 3 });
    const document = fc.record(
      {
        id: fc.constantFrom(id(1), id(2), id(3)),
        name: fc.string({ unit: 'binary' }),
        start_time: fc.constantFrom(1000, 1001, NaN),
        end_time: fc.option(fc.constantFrom(999, 1002), { nil: undefined }),
        fault: fc.boolean(),
        metadata: fc.dictionary(fc.string(), anything),
        annotations: fc.dictionary(fc.string(), fc.oneof(fc.string(), fc.integer())),
        subsegments: fc.constantFrom([], [{ id: id(4), name: 'x', start_time: 1000 }]),
      },
      { requiredKeys: ['id', 'name', 'start_time'] },
    );
    fc.assert(
      fc.property(fc.array(document, { maxLength: 5 }), (segments) => {
        const tree = treeOf(...(segments as unknown as SegmentDocument[]));
        expect(Buffer.byteLength(traceText(tree))).toBeLessThanOrEqual(MOST_BYTES);
        for (const { key } of tree.nodes) expect(nodeText(tree, key)).toBeDefined();
      }),
    );
  });
});

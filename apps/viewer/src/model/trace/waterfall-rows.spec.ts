import type { SubsegmentDocument } from '@nestjs-xray/document';
import { search } from './trace-search';
import { buildTree } from '@nestjs-xray/trace';
import {
  foldLabel,
  openedTo,
  rowIndexOf,
  waterfallRows,
  type Row,
  type RowView,
} from './waterfall-rows';

let ids = 0;
const sub = (
  name: string,
  from = 0,
  until = 1,
  more: Partial<SubsegmentDocument> = {},
): SubsegmentDocument => ({
  id: (++ids).toString(16).padStart(16, '0'),
  name,
  start_time: 1000 + from,
  end_time: 1000 + until,
  ...more,
});
const treeOf = (...subsegments: SubsegmentDocument[]) =>
  buildTree(
    {
      id: '1',
      segments: [{ ...sub('api'), trace_id: '1', subsegments }],
      orphans: [],
    },
    1001,
  );
const plain: RowView = { toggled: new Map(), unfolded: new Set(), minDuration: 0, hits: new Set() };
const GUIDE = { through: '│', branch: '├', last: '└', none: ' ' };
const text = (rows: Row[]): string[] =>
  rows.map((row) => {
    const name =
      row.type === 'fold' ? `${row.nodes.length} × ${row.nodes[0]?.title}` : row.node.name;
    return row.guides.map((guide) => GUIDE[guide]).join('') + name;
  });
const steps = (count: number) =>
  Array.from({ length: count }, (_, at) => sub(`step-${at}`, at / 100, at / 100 + 0.005));

describe('waterfallRows', () => {
  it('draws the lines of the tree', () => {
    const tree = treeOf(
      sub('a', 0, 1, {
        subsegments: [sub('a1', 0, 1, { subsegments: [sub('a11')] }), sub('a2', 0.1)],
      }),
      sub('b', 0.2),
    );

    expect(text(waterfallRows(tree, plain).rows)).toEqual([
      'api',
      '├a',
      '│├a1',
      '││└a11',
      '│└a2',
      '└b',
    ]);
  });

  it('hides what is deeper than the level, and counts it', () => {
    const tree = treeOf(sub('a', 0, 1, { subsegments: [sub('a1', 0, 1, { fault: true })] }));

    const { rows } = waterfallRows(tree, { ...plain, level: 2 });
    expect(text(rows)).toEqual(['api', '└a']);
    expect(rows[1]).toMatchObject({
      expandable: true,
      expanded: false,
      hidden: 1,
      worstHidden: 'fault',
    });
  });

  it('prefers what the user opened or closed to the level', () => {
    const tree = treeOf(
      sub('a', 0, 1, { subsegments: [sub('a1')] }),
      sub('b', 0.1, 1, { subsegments: [sub('b1')] }),
    );
    const a = tree.nodes[1]!.key;

    expect(
      text(waterfallRows(tree, { ...plain, level: 2, toggled: new Map([[a, true]]) }).rows),
    ).toEqual(['api', '├a', '│└a1', '└b']);
    expect(text(waterfallRows(tree, { ...plain, toggled: new Map([[a, false]]) }).rows)).toEqual([
      'api',
      '├a',
      '└b',
      ' └b1',
    ]);
  });

  it('folds equal siblings, and unfolds them below the fold', () => {
    const tree = treeOf(
      sub('first', 0),
      ...steps(48).map((step) => ({ ...step, start_time: step.start_time + 0.001 })),
      sub('last', 0.9),
    );

    const { rows } = waterfallRows(tree, plain);
    expect(text(rows)).toEqual(['api', '├first', '├48 × step-0', '└last']);
    const unfolded = waterfallRows(tree, { ...plain, unfolded: new Set([rows[2]!.key]) }).rows;
    expect(unfolded).toHaveLength(4 + 48);
    expect(text(unfolded).slice(2, 5)).toEqual(['├48 × step-0', '│├step-0', '│├step-1']);
  });

  it('does not fold three siblings, or nodes with errors or faults', () => {
    expect(waterfallRows(treeOf(...steps(3)), plain).rows).toHaveLength(4);
    const middle = steps(9);
    middle[4] = { ...middle[4]!, error: true };

    expect(text(waterfallRows(treeOf(...middle), plain).rows)).toEqual([
      'api',
      '├4 × step-0',
      '├step-4',
      '└4 × step-5',
    ]);
  });

  it('omits short nodes, except with errors or faults, or above a long one', () => {
    const tree = treeOf(
      sub('short', 0, 0.001),
      sub('bad', 0, 0.001, { error: true }),
      sub('outer', 0, 0.002, { subsegments: [sub('long', 0, 0.9)] }),
    );

    const { rows, tooShort } = waterfallRows(tree, { ...plain, minDuration: 0.01 });
    expect(text(rows)).toEqual(['api', '├bad', '└outer', ' └long']);
    expect(tooShort).toBe(1);
  });

  it('shows matches of a search inside closed nodes, and nothing else of them', () => {
    const tree = treeOf(
      sub('a', 0, 1, { subsegments: [sub('needle'), sub('hay', 0.1)] }),
      sub('b', 0.2, 1, { subsegments: [sub('b1')] }),
    );
    const hits = new Set(search(tree, 'needle'));

    expect(text(waterfallRows(tree, { ...plain, level: 1, hits }).rows)).toEqual([
      'api',
      '└a',
      ' └needle',
    ]);
  });

  it('labels a fold with what its members share', () => {
    const call = (path: string) =>
      sub('shop-2', 0, 1, {
        namespace: 'remote',
        http: {
          request: { method: 'GET', url: `http://shop-2/v1/${path}` },
          response: { status: 200 },
        },
      });
    const { nodes } = treeOf(...steps(4), call('items/7'), call('items/8'), call('items/7'));

    expect(foldLabel(nodes.filter((node) => node.name.startsWith('step')))).toEqual({
      title: 'step-*',
      detail: '',
    });
    expect(foldLabel(nodes.filter((node) => node.name === 'shop-2'))).toEqual({
      title: 'shop-2',
      detail: 'GET /v1/items/* 200',
    });
  });

  it('finds the row of a node in a fold', () => {
    const tree = treeOf(...steps(5));
    const { rows } = waterfallRows(tree, plain);

    expect(rowIndexOf(rows, tree.nodes[3]!)).toBe(1);
  });

  it('creates the rows of 5,000 levels', () => {
    let doc = sub('leaf');
    for (let level = 0; level < 5_000; level++)
      doc = sub(`level ${level}`, 0, 1, { subsegments: [doc] });

    expect(waterfallRows(treeOf(doc), plain).rows).toHaveLength(5_002);
  });

  it('opens everything that hides a node', () => {
    const inner = steps(5).map((step) => ({ ...step, subsegments: [sub('same', 0, 1)] }));
    const tree = treeOf(sub('closed', 0, 1, { subsegments: inner }));
    const target = tree.nodes[tree.nodes.length - 1]!;

    const view = openedTo(tree, { ...plain, level: 1 }, target);
    expect(
      waterfallRows(tree, view).rows.some((row) => row.type === 'node' && row.node === target),
    ).toBe(true);
  });
});

import { allLogs, buildTree } from '@nestjs-xray/trace';
import type { SubsegmentDocument } from '@nestjs-xray/document';
import { indexLogs, linesBelow, linesOfRow, logMarks } from './log-marks';
import { waterfallRows, type RowView } from './waterfall-rows';

const START = 1_700_000_000;
const line = (at: number, level: string) => ({
  time: START + at,
  level,
  message: `${level} ${at}`,
});
let ids = 0;
const sub = (
  name: string,
  lines: object[],
  subsegments: SubsegmentDocument[] = [],
): SubsegmentDocument => ({
  id: (++ids).toString(16).padStart(16, '0'),
  name,
  start_time: START,
  end_time: START + 10,
  metadata: { default: { logs: lines } },
  subsegments,
});
const inner = sub('inner', [line(5, 'error')]);
const tree = buildTree(
  {
    id: 'x',
    segments: [
      {
        ...sub(
          'root',
          [line(1, 'log'), line(1.01, 'warn'), line(2, 'debug'), line(9, 'log')],
          [sub('outer', [line(4, 'log')], [inner])],
        ),
        trace_id: 'x',
      },
    ],
    orphans: [],
  },
  START + 20,
);
const index = indexLogs(allLogs(tree).lines);
const view = (level?: number): RowView => ({
  level,
  toggled: new Map(),
  unfolded: new Set(),
  minDuration: 0,
  hits: new Set(),
});
const messages = (level?: number) =>
  waterfallRows(tree, view(level)).rows.map((row) =>
    linesOfRow(index, row).map(({ message }) => message),
  );

describe('log marks', () => {
  it('are on the row of their node, or on the row that hides it', () => {
    expect(messages()).toEqual([
      ['log 1', 'warn 1.01', 'debug 2', 'log 9'],
      ['log 4'],
      ['error 5'],
    ]);
    expect(messages(2)).toEqual([
      ['log 1', 'warn 1.01', 'debug 2', 'log 9'],
      ['log 4', 'error 5'],
    ]);
  });

  it('are merged if they would touch, with the worst level', () => {
    const root = tree.nodes[0] as (typeof tree.nodes)[0];
    const window = { from: 0, until: 10 };
    const marks = (width: number) =>
      logMarks(linesBelow(index, root), window, width).map(({ level, lines, left }) => [
        Math.round(left),
        level,
        lines.length,
      ]);
    expect(marks(1000)).toEqual([
      [10, 'warn', 2],
      [40, 'info', 1],
      [50, 'error', 1],
      [90, 'info', 1],
    ]);
    expect(marks(20)).toEqual([
      [10, 'error', 4],
      [90, 'info', 1],
    ]);
  });

  it('are only those in the window', () => {
    const root = tree.nodes[0] as (typeof tree.nodes)[0];
    const marks = logMarks(linesBelow(index, root), { from: 3, until: 6 }, 1000);
    expect(marks.map(({ lines }) => lines[0]?.message)).toEqual(['log 4', 'error 5']);
  });
});

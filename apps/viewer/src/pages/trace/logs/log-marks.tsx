import type { LogLine } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import type { Window } from '../../../model/trace/bars';
import { linesOfRow, logMarks, type LogIndex } from '../../../model/trace/log-marks';
import type { Row } from '../../../model/trace/waterfall-rows';
import { offset } from '../../../model/format';
import { LevelGlyph } from './log-level';
import style from './logs.module.css';

/** What all rows have in common. */
export interface LogsOnBars {
  index: LogIndex;
  /** Width of the column of bars in pixels. */
  width: number;
  chosen: LogLine | undefined;
}

/** Marks for log lines at their times on a bar. The grid handles clicks, and the list of lines handles keys. */
export function LogMarks({
  row,
  index,
  window,
  width,
  chosen,
}: LogsOnBars & { row: Row; window: Window }): JSX.Element | null {
  const lines = linesOfRow(index, row);
  if (lines.length === 0) return null;
  return (
    <>
      {logMarks(lines, window, width).map(({ left, level, lines: [first, ...others] }) => (
        <button
          key={first?.id}
          type="button"
          class={style.mark}
          tabIndex={-1}
          data-log={first?.id}
          aria-pressed={chosen !== undefined && (first === chosen || others.includes(chosen))}
          aria-label={`${others.length > 0 ? `${others.length + 1} lines, ` : ''}${level} at ${offset(first?.at ?? 0)}: ${first?.message.slice(0, 200)}`}
          title={first?.message.slice(0, 400)}
          style={{ left: `${left}%` }}
        >
          <LevelGlyph level={level} />
          {others.length > 0 && <span class={style.markCount}>{others.length + 1}</span>}
        </button>
      ))}
    </>
  );
}

import { LOG_LEVELS } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { IconButton } from '../../../components/button';
import { count, plural } from '../../../model/format';
import { LevelGlyph } from './log-level';
import { LogRows } from './log-rows';
import style from './logs.module.css';
import type { LogView } from './use-trace-logs';

/** All log lines of the trace by time, below the waterfall. */
export function LogPane({ logs, words }: { logs: LogView; words: string }): JSX.Element | null {
  if (logs.all.length === 0) return null;
  return (
    <section class={logs.open ? style.pane : style.closedPane} aria-label="Logs">
      <div class={style.head}>
        <h2>
          Logs <span class="t3">{count(logs.all.length)}</span>
        </h2>
        {!logs.open && <Trouble logs={logs} />}
        {logs.open && <Levels logs={logs} />}
        <span class={`${style.said} t3`} role="status">
          {foundWords(logs)}
          {logs.left > 0 && ` · ${plural(logs.left, 'further line')} not recorded`}
        </span>
        <span class={style.push} />
        {logs.open && (
          <button
            type="button"
            class="btn quiet"
            aria-pressed={logs.onlySelected}
            onClick={() => logs.set({ onlySelected: !logs.onlySelected })}
          >
            Only the selected
          </button>
        )}
        <IconButton
          icon={logs.open ? 'down' : 'up'}
          label={logs.open ? 'Close the logs' : 'Open the logs'}
          hint={logs.open ? 'Close the logs (h)' : 'Open the logs (h)'}
          onClick={() => logs.set({ open: !logs.open })}
        />
      </div>
      {logs.open && <LogRows logs={logs} words={logs.matching ? words : ''} />}
    </section>
  );
}

function foundWords({ matching, matchingOff }: LogView): string {
  if (matching === undefined) return '';
  if (matching > 0) return `${plural(matching, 'line')} found`;
  return matchingOff > 0
    ? `${plural(matchingOff, 'line')} found among levels that are off`
    : 'no line matches the search';
}

/** Shown while the list is closed: how many errors and warnings it contains. */
function Trouble({ logs }: { logs: LogView }): JSX.Element {
  return (
    <>
      {(['error', 'warn'] as const)
        .filter((level) => logs.counts[level] > 0)
        .map((level) => (
          <span key={level} class={style.level}>
            <LevelGlyph level={level} /> {level} {count(logs.counts[level])}
          </span>
        ))}
    </>
  );
}

function Levels({ logs }: { logs: LogView }): JSX.Element {
  return (
    <div class="seg" role="group" aria-label="Levels">
      {[...LOG_LEVELS]
        .reverse()
        .filter((level) => logs.counts[level] > 0)
        .map((level) => (
          <button
            key={level}
            type="button"
            class="btn"
            aria-pressed={logs.levels.has(level)}
            onClick={() => logs.toggleLevel(level)}
          >
            {(level === 'error' || level === 'warn') && <LevelGlyph level={level} />}
            {level} {count(logs.counts[level])}
          </button>
        ))}
    </div>
  );
}

import type { JSX } from 'preact';
import { IconButton } from '../../components/button';
import { Menu } from '../../components/menu';
import { SearchField } from '../../components/search-field';
import { Glyph } from '../../components/status';
import { count, plural } from '../../model/format';
import type { Status } from '@nestjs-xray/trace';
import type { LogView } from './logs/use-trace-logs';
import type { TraceView } from './use-trace-view';
import style from './toolbar.module.css';

const DURATIONS = [0, 0.1, 1, 5, 10, 50, 100, 500, 1000];

/** Search, buttons for the next error or fault, levels, shortest duration, critical path. */
export function Toolbar({
  view,
  logs,
  hitAt,
  onHit,
  onTrouble,
}: {
  view: TraceView;
  logs: LogView;
  /** Number of the current hit, from 1; 0 if there is none. */
  hitAt: number;
  onHit: (step: 1 | -1) => void;
  onTrouble: (status: Status) => void;
}): JSX.Element {
  const { tree, level } = view;
  return (
    <div class={style.toolbar}>
      <SearchField
        label="Search in this trace"
        value={view.words}
        onValue={(words) => view.set({ words })}
        onEnter={onHit}
      >
        {view.words.trim() !== '' && (
          <>
            <span class={`t3 nw ${style.hits}`} role="status">
              {view.hits.length === 0
                ? 'no match'
                : hitAt
                  ? `${count(hitAt)} of ${count(view.hits.length)}`
                  : plural(view.hits.length, 'hit')}
            </span>
            <IconButton icon="up" label="Previous hit" onClick={() => onHit(-1)} />
            <IconButton icon="down" label="Next hit" onClick={() => onHit(1)} />
          </>
        )}
      </SearchField>
      <Troubles view={view} onTrouble={onTrouble} />
      <span class="sp" />
      {tree.maxDepth > 1 && (
        <div class="seg" role="group" aria-label="Levels">
          <button
            type="button"
            class="btn"
            aria-label="Collapse one level"
            title="Collapse one level ([)"
            disabled={level <= 1}
            onClick={() => view.set({ level: level - 1 })}
          >
            −
          </button>
          <span class={`btn ${style.still}`}>Level {level}</span>
          <button
            type="button"
            class="btn"
            aria-label="Expand one level"
            title="Expand one level (])"
            disabled={level >= tree.maxDepth}
            onClick={() => view.set({ level: level + 1 })}
          >
            +
          </button>
        </div>
      )}
      <Menu
        align="right"
        label="Shortest duration"
        shown={`≥ ${view.minMs} ms${view.tooShort ? ` · ${count(view.tooShort)} hidden` : ''}`}
        choices={DURATIONS.map((ms) => ({
          value: String(ms),
          label: ms ? `${count1(ms)} ms and more` : 'All',
        }))}
        selected={String(view.minMs)}
        onSelect={(value) => view.set({ minMs: Number(value) })}
      />
      {logs.all.length > 0 && (
        <button
          type="button"
          class="btn"
          aria-pressed={logs.marks}
          title="Show log lines on the bars"
          onClick={() => logs.set({ marks: !logs.marks })}
        >
          Log marks
        </button>
      )}
      <button
        type="button"
        class="btn"
        aria-pressed={view.critical}
        title="Critical path (c)"
        onClick={() => view.set({ critical: !view.critical })}
      >
        Critical path
      </button>
    </div>
  );
}

const count1 = (value: number): string => (Number.isInteger(value) ? count(value) : String(value));

function Troubles({
  view,
  onTrouble,
}: {
  view: TraceView;
  onTrouble: (status: Status) => void;
}): JSX.Element | null {
  const found = (['fault', 'error', 'throttle'] as const).filter(
    (status) => view.tree.counts[status] > 0,
  );
  if (found.length === 0) return null;
  return (
    <div class={`seg ${style.jump}`} role="group" aria-label="Next fault, error or throttle">
      {found.map((status) => {
        const amount = view.tree.counts[status];
        return (
          <button
            key={status}
            type="button"
            class="btn"
            title={`Next ${status}`}
            aria-label={`${plural(amount, status)}: go to the next`}
            onClick={() => onTrouble(status)}
          >
            <span class={`s-${status}`}>
              <Glyph name={status} />
            </span>
            {amount}
          </button>
        );
      })}
    </div>
  );
}

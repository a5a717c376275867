import type { JSX } from 'preact';
import { IconButton } from '../../components/button';
import { useKeys } from '../../components/keys';
import { count, duration } from '../../model/format';
import {
  type Brush,
  brushPlace,
  brushWords,
  type Edge,
  formatBrush,
  moved,
} from '../../model/list/brush';
import type { Axes } from '../../model/list/scatter';
import { whenOf } from '../../model/list/when';
import style from './brush.module.css';

/** The number of traces in a selection, and whether it was counted or estimated from cells of the heat map. */
export interface Inside {
  amount: number;
  estimated: boolean;
  of: number;
}

/** The selection, and the actions on it. */
export function BrushBar({
  inside: { amount, estimated, of },
  brush,
  different,
  onBrush,
  onZoom,
}: {
  inside: Inside;
  brush: Brush;
  /** Link to the comparison of the selected traces with the rest. */
  different: string | undefined;
  onBrush: (brush: undefined) => void;
  onZoom: (brush: Brush) => void;
}): JSX.Element {
  const byDuration = brush.fastest !== undefined || brush.slowest !== undefined;
  return (
    <div class={style.bar} role="group" aria-label="Selection">
      <span class={style.words} role="status">
        {of > 0 && (
          <>
            {estimated && 'about '}
            <b>{count(amount)}</b> of {count(of)},{' '}
          </>
        )}
        {brushWords(brush)}
      </span>
      <button type="button" class="btn" onClick={() => onZoom(brush)}>
        {byDuration ? 'Filter to these' : 'Zoom'}
      </button>
      {different && (
        <a class="btn" href={different}>
          What is different?
        </a>
      )}
      <IconButton
        icon="close"
        label="Clear selection"
        hint="Clear selection (Esc)"
        onClick={() => onBrush(undefined)}
      />
    </div>
  );
}

const EDGES: readonly { edge: Edge; label: string; upright: boolean }[] = [
  { edge: 'from', label: 'Start of the selected time', upright: false },
  { edge: 'to', label: 'End of the selected time', upright: false },
  { edge: 'slowest', label: 'Longest selected duration', upright: true },
  { edge: 'fastest', label: 'Shortest selected duration', upright: true },
];

const STEPS: Record<string, 1 | -1> = { ArrowLeft: -1, ArrowRight: 1, ArrowDown: -1, ArrowUp: 1 };

/** The selected area. All four edges can be moved by keyboard; without a selection they are at the ends of the axes. */
export function BrushArea({
  axes,
  brush,
  onBrush,
  onZoom,
}: {
  axes: Axes;
  brush: Brush | undefined;
  onBrush: (brush: Brush | undefined) => void;
  onZoom: (brush: Brush) => void;
}): JSX.Element {
  const { left, right, top, bottom } = brushPlace(brush ?? {}, axes);
  useKeys({
    b: () => document.querySelector<HTMLElement>('[data-edge=from]')?.focus(),
  });
  const keys = (edge: Edge, upright: boolean) => (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    const along = upright === (event.key === 'ArrowUp' || event.key === 'ArrowDown');
    if (step && along) {
      const next = moved(brush ?? {}, edge, step, axes);
      if (next) onBrush(formatBrush(next) === undefined ? undefined : next);
    } else if (event.key === 'Enter' && brush) onZoom(brush);
    else if (event.key === 'Escape' && brush) onBrush(undefined);
    else if (!step) return;
    event.preventDefault();
    event.stopPropagation();
  };
  const percent = (share: number): string => `${share * 100}%`;
  return (
    <div
      class={brush ? style.area : `${style.area} ${style.none}`}
      style={{
        left: percent(left),
        right: percent(1 - right),
        top: percent(top),
        bottom: percent(1 - bottom),
      }}
    >
      {EDGES.map(({ edge, label, upright }) => (
        <button
          key={edge}
          type="button"
          class={`${style.handle} ${style[edge]}`}
          data-edge={edge}
          role="slider"
          aria-label={label}
          aria-orientation={upright ? 'vertical' : 'horizontal'}
          {...valuesOf(edge, brush, axes)}
          onKeyDown={keys(edge, upright)}
        />
      ))}
      <span class={style.help} aria-hidden="true">
        <kbd>←</kbd> <kbd>→</kbd> <kbd>↑</kbd> <kbd>↓</kbd> move the edge · <kbd>Tab</kbd> next edge
        · <kbd>Enter</kbd> filter · <kbd>Esc</kbd> clear
      </span>
    </div>
  );
}

/** The ARIA values of a slider: epoch seconds, or milliseconds. */
function valuesOf(edge: Edge, brush: Brush | undefined, axes: Axes) {
  const value = brush?.[edge];
  if (edge === 'from' || edge === 'to') {
    return {
      'aria-valuemin': Math.round(axes.from),
      'aria-valuemax': Math.round(axes.to),
      'aria-valuenow': Math.round(value ?? axes[edge]),
      'aria-valuetext': value === undefined ? 'open' : whenOf(value, { seconds: true }),
    };
  }
  const [least, most] = [10 ** axes.low * 1000, 10 ** axes.high * 1000];
  const now = value === undefined ? (edge === 'fastest' ? least : most) : value * 1000;
  return {
    'aria-valuemin': least,
    'aria-valuemax': most,
    'aria-valuenow': Math.min(Math.max(now, least), most),
    'aria-valuetext': value === undefined ? 'open' : duration(value),
  };
}

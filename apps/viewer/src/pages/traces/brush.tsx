import type { JSX } from 'preact';
import { IconButton } from '../../components/button';
import { count } from '../../model/format';
import { whenOf } from '../../model/list/when';

/** A part of time that was dragged over, in epoch seconds. */
export interface Brush {
  from: number;
  to: number;
}

/** What is selected, and what can be done with it. */
export function BrushBar({
  inside,
  brush,
  onBrush,
  onZoom,
}: {
  /** How many traces began in it. */
  inside: number;
  brush: Brush;
  onBrush: (brush: undefined) => void;
  onZoom: (brush: Brush) => void;
}): JSX.Element {
  return (
    <span class="bsel">
      <span class="t2" role="status">
        {whenOf(brush.from, { seconds: true })} – {whenOf(brush.to, { seconds: true })} ·{' '}
        <b>{count(inside)}</b> {inside === 1 ? 'trace' : 'traces'}
      </span>
      <button type="button" class="btn quiet" onClick={() => onZoom(brush)}>
        Zoom
      </button>
      <IconButton icon="close" label="Clear selection" onClick={() => onBrush(undefined)} />
    </span>
  );
}

/** Both ends can be moved by the keyboard; without a selection they stand at the ends of the axis. */
export function BrushArea({
  from,
  to,
  brush,
  onBrush,
  onZoom,
}: {
  from: number;
  to: number;
  brush: Brush | undefined;
  onBrush: (brush: Brush | undefined) => void;
  onZoom: (brush: Brush) => void;
}): JSX.Element {
  const span = to - from || 1;
  const left = brush ? Math.max(0, ((brush.from - from) / span) * 100) : 0;
  const right = brush ? Math.min(100, ((brush.to - from) / span) * 100) : 100;
  const keys = (edge: 'from' | 'to') => (event: KeyboardEvent) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    const now = brush ?? { from, to };
    if (step) {
      const moved = Math.min(Math.max(now[edge] + (step * span) / 50, from), to);
      const next = { ...now, [edge]: moved };
      if (next.to > next.from) onBrush(next);
    } else if (event.key === 'Enter' && brush) onZoom(brush);
    else if (event.key === 'Escape') onBrush(undefined);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      class={brush ? 'brush' : 'brush none'}
      style={{ left: `${left}%`, right: `${100 - right}%` }}
    >
      {(['from', 'to'] as const).map((edge) => (
        <button
          key={edge}
          type="button"
          class={`bh ${edge}`}
          data-edge={edge}
          role="slider"
          aria-label={edge === 'from' ? 'Start of the selected time' : 'End of the selected time'}
          aria-valuemin={Math.round(from)}
          aria-valuemax={Math.round(to)}
          aria-valuenow={Math.round((brush ?? { from, to })[edge])}
          aria-valuetext={whenOf((brush ?? { from, to })[edge], { seconds: true })}
          onKeyDown={keys(edge)}
        />
      ))}
    </div>
  );
}

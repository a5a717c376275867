import type { RefObject } from 'preact';
import { useState } from 'preact/hooks';
import { type Brush, type Edge, valueAt } from '../../model/list/brush';
import type { Axes } from '../../model/list/scatter';

/** A drag with less movement, in pixels, is a click. */
const CLICK = 4;
/** A drag with less vertical movement selects only a time range. */
const LOW = 16;
/** Within this many pixels of the upper or lower end of the plot, that end is open. */
const NEAR_END = 6;

/** A position on the plot, and the size of the plot, in pixels. */
export interface Place {
  x: number;
  y: number;
  width: number;
  height: number;
}

export function placeOn(plot: RefObject<HTMLElement | null>, event: MouseEvent): Place {
  const box = plot.current?.getBoundingClientRect();
  if (!box) return { x: 0, y: 0, width: 1, height: 1 };
  const { left, top, width, height } = box;
  return { x: event.clientX - left, y: event.clientY - top, width, height };
}

/** Drags a selection or one of its edges. During the drag it is `drawn`; it is applied when the pointer is released. */
export function useBrushDrag(
  plot: RefObject<HTMLElement | null>,
  axes: Axes,
  brush: Brush | undefined,
  done: { onBrush: (brush: Brush) => void; onClick: (place: Place) => void },
): { drawn: Brush | undefined; down: (event: PointerEvent) => void } {
  const [drawn, setDrawn] = useState<Brush>();
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    const start = placeOn(plot, event);
    const edge = (event.target as HTMLElement).dataset.edge as Edge | undefined;
    let drag: Brush | undefined;
    const move = (next: PointerEvent): void => {
      const now = placeOn(plot, next);
      if (Math.hypot(now.x - start.x, now.y - start.y) < CLICK) return;
      drag = edge ? withEdge(brush ?? {}, edge, now, axes) : between(start, now, axes);
      setDrawn(drag);
    };
    const up = (next: PointerEvent): void => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', up);
      setDrawn(undefined);
      if (drag) return done.onBrush(drag);
      const now = placeOn(plot, next);
      if (!edge && Math.hypot(now.x - start.x, now.y - start.y) < CLICK) done.onClick(start);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', up);
  };
  return { drawn, down };
}

function shares({ x, y, width, height }: Place): { x: number; y: number } {
  return { x: x / width, y: y / height };
}

/** The selection between two corners. */
function between(a: Place, b: Place, axes: Axes): Brush {
  const [first, last] = [valueAt(axes, shares(a)), valueAt(axes, shares(b))];
  const brush: Brush = {
    from: Math.min(first.time, last.time),
    to: Math.max(first.time, last.time),
  };
  if (Math.abs(a.y - b.y) < LOW) return brush;
  if (Math.min(a.y, b.y) > NEAR_END) brush.slowest = Math.max(first.seconds, last.seconds);
  if (Math.max(a.y, b.y) < a.height - NEAR_END)
    brush.fastest = Math.min(first.seconds, last.seconds);
  return brush;
}

/** Moves an edge to the pointer. Beyond the opposite edge, the two are swapped. */
function withEdge(brush: Brush, edge: Edge, place: Place, axes: Axes): Brush {
  const { time, seconds } = valueAt(axes, shares(place));
  const next = { ...brush };
  if (edge === 'from' || edge === 'to') {
    const other =
      (edge === 'from' ? brush.to : brush.from) ?? axes[edge === 'from' ? 'to' : 'from'];
    return { ...next, from: Math.min(time, other), to: Math.max(time, other) };
  }
  delete next[edge];
  const open = edge === 'slowest' ? place.y < NEAR_END : place.y > place.height - NEAR_END;
  if (open) return next;
  const other = edge === 'slowest' ? brush.fastest : brush.slowest;
  if (other === undefined) return { ...next, [edge]: seconds };
  return { ...next, fastest: Math.min(seconds, other), slowest: Math.max(seconds, other) };
}

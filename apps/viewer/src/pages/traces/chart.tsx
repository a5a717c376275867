import type { TraceRow } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { tokenColours, useThemeVersion } from '../../components/theme';
import { clock, count, duration, ms } from '../../model/format';
import {
  axesOf,
  nearestPoint,
  pointsOf,
  powerLabels,
  timeLabels,
  type Axes,
  type Point,
} from '../../model/list/scatter';
import { severity, STATUSES, type Status } from '@nestjs-xray/trace';
import { percentile, hasAnswered, timeOf, whatOf } from '../../model/list/trace-list';
import { navigate, traceHref } from '../../router';

/** A part of time that was dragged over, in epoch seconds. */
export interface Brush {
  from: number;
  to: number;
}

const CLICK = 4;

/** Response times over time, to brush and zoom; a click on a point opens its trace. */
export function Chart({
  rows,
  from,
  to,
  brush,
  onBrush,
  onZoom,
  different,
}: {
  rows: TraceRow[];
  /** Epoch seconds that the axis covers. */
  from: number;
  to: number;
  brush: Brush | undefined;
  onBrush: (brush: Brush | undefined) => void;
  onZoom: (brush: Brush) => void;
  /** Leads to what the traces in the brush, or of the status shown, have more often than the rest. */
  different: string | undefined;
}): JSX.Element {
  const plot = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [near, setNear] = useState<Point>();
  const theme = useThemeVersion();
  const width = useWidth(plot);
  // What has not answered has no response time yet.
  const answered = useMemo(() => rows.filter(hasAnswered), [rows]);
  const axes = useMemo(() => axesOf(answered, from, to), [answered, from, to]);
  const points = useMemo(() => pointsOf(answered, axes), [answered, axes]);
  const times = useMemo(() => answered.map(timeOf).sort((a, b) => a - b), [answered]);

  useEffect(() => {
    if (canvas.current && width > 0) draw(canvas.current, points);
  }, [points, theme, width]);

  const placeOf = (event: { clientX: number; clientY: number }) => {
    const box = plot.current?.getBoundingClientRect();
    return box
      ? {
          x: event.clientX - box.left,
          y: event.clientY - box.top,
          width: box.width,
          height: box.height,
        }
      : { x: 0, y: 0, width: 1, height: 1 };
  };
  const down = (event: PointerEvent): void => {
    if (event.button !== 0) return;
    event.preventDefault();
    const start = placeOf(event);
    const edge = (event.target as HTMLElement).dataset.edge;
    const timeAt = (x: number): number =>
      from + Math.min(Math.max(x / start.width, 0), 1) * (to - from);
    const move = (next: PointerEvent): void => {
      const x = placeOf(next).x;
      if (Math.abs(x - start.x) < CLICK) return;
      const fixed = edge === 'from' ? brush?.to : edge === 'to' ? brush?.from : timeAt(start.x);
      const [a, b] = [fixed ?? timeAt(start.x), timeAt(x)];
      onBrush({ from: Math.min(a, b), to: Math.max(a, b) });
    };
    const up = (next: PointerEvent): void => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      if (edge || Math.abs(placeOf(next).x - start.x) >= CLICK) return;
      const point = nearestPoint(points, start, start);
      if (point) navigate(traceHref(point.row.id));
      else onBrush(undefined);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
  };
  return (
    <div class="chart">
      <div class="chart-h">
        <h2>Response time</h2>
        <span class="t2">
          p50 <b>{ms(percentile(times, 0.5))}</b> ms
        </span>
        <span class="t2">
          p95 <b>{ms(percentile(times, 0.95))}</b> ms
        </span>
        {different && (
          <a class="btn" href={different}>
            What is different?
          </a>
        )}
        {brush && <BrushBar rows={rows} brush={brush} onBrush={onBrush} onZoom={onZoom} />}
      </div>
      <div
        class={near ? 'plot at' : 'plot'}
        ref={plot}
        onPointerDown={down}
        onPointerMove={(event) => setNear(nearestPoint(points, placeOf(event), placeOf(event)))}
        onPointerLeave={() => setNear(undefined)}
        onDblClick={() => brush && onZoom(brush)}
      >
        {powerLabels(axes).map((label) => (
          <div key={label.text} class="gl" style={{ top: `${label.y * 100}%` }}>
            <span>{label.text}</span>
          </div>
        ))}
        <canvas ref={canvas} role="img" aria-label={spoken(answered, times, axes)} />
        {timeLabels(axes, Math.max(2, width / 90)).map((label, at) => (
          <span
            key={label.text + at}
            class={at % 2 ? 'tk alt' : 'tk'}
            style={{ left: `${label.x * 100}%` }}
          >
            {label.text}
          </span>
        ))}
        {near && <PointTip point={near} />}
        <BrushArea from={from} to={to} brush={brush} onBrush={onBrush} onZoom={onZoom} />
      </div>
    </div>
  );
}

function BrushBar({
  rows,
  brush,
  onBrush,
  onZoom,
}: {
  rows: TraceRow[];
  brush: Brush;
  onBrush: (brush: undefined) => void;
  onZoom: (brush: Brush) => void;
}): JSX.Element {
  const inside = rows.filter((row) => row.start >= brush.from && row.start <= brush.to).length;
  return (
    <span class="bsel">
      <span class="t2" role="status">
        {clock(brush.from, { millis: false })} – {clock(brush.to, { millis: false })} ·{' '}
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
function BrushArea({
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
          aria-valuetext={clock((brush ?? { from, to })[edge], { millis: false })}
          onKeyDown={keys(edge)}
        />
      ))}
    </div>
  );
}

function PointTip({ point }: { point: Point }): JSX.Element {
  const { row } = point;
  return (
    <div
      class={point.x > 0.6 ? 'tip end' : 'tip'}
      style={point.x > 0.6 ? { right: `${(1 - point.x) * 100}%` } : { left: `${point.x * 100}%` }}
      aria-hidden="true"
    >
      <Icon name="right" class={`s-${point.status}`} />
      <span>
        {clock(row.start)} · {point.status} {row.status} · {duration(timeOf(row))}
      </span>
      <span class="cut">
        {row.method} {whatOf(row)}
      </span>
    </div>
  );
}

function useWidth(element: { current: HTMLElement | null }): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    if (!element.current) return undefined;
    const sizes = new ResizeObserver(([entry]) =>
      setWidth(Math.round(entry?.contentRect.width ?? 0)),
    );
    sizes.observe(element.current);
    return () => sizes.disconnect();
  }, []);
  return width;
}

function spoken(rows: TraceRow[], times: number[], axes: Axes): string {
  if (rows.length === 0) return 'No response times in this range.';
  const faults = rows.filter((row) => row.fault).length;
  const middle = `Half of ${count(rows.length)} took less than ${duration(percentile(times, 0.5))}, 95 % less than ${duration(percentile(times, 0.95))}`;
  const span = `from ${clock(axes.from, { millis: false })} to ${clock(axes.to, { millis: false })}, log scale`;
  return `Response times ${span}. ${middle}; ${count(faults)} faults.`;
}

/** The shapes of the statuses, so that colour is not alone. */
function draw(canvas: HTMLCanvasElement, points: Point[]): void {
  const scale = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  const height = canvas.clientHeight;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(scale, scale);
  const colours = tokenColours(canvas.parentElement ?? document.body, [
    'ok',
    'error',
    'throttle',
    'fault',
  ] as const);
  // Each shape is drawn once and then copied, and no point twice on the same pixel: ten
  // thousand paths would take longer than a frame.
  const taken = new Set<number>();
  const stamps = new Map<Status, HTMLCanvasElement>();
  for (let at = points.length - 1; at >= 0; at--) {
    const { status, x, y } = points[at] as Point;
    const left = Math.round(x * width);
    const top = Math.round(y * height);
    taken.add((left * 4096 + top) * 4 + severity(status));
  }
  for (const pixel of [...taken].reverse()) {
    const status = STATUSES[STATUSES.length - 1 - (pixel % 4)] ?? 'ok';
    const stamp = stamps.get(status) ?? stampOf(status, colours[status], scale);
    stamps.set(status, stamp);
    const place = Math.floor(pixel / 4);
    context.drawImage(
      stamp,
      Math.floor(place / 4096) - STAMP / 2,
      (place % 4096) - STAMP / 2,
      STAMP,
      STAMP,
    );
  }
}

/** Width and height of a shape's picture, in pixels of the page. */
const STAMP = 12;

function stampOf(status: Status, colour: string, scale: number): HTMLCanvasElement {
  const stamp = document.createElement('canvas');
  stamp.width = stamp.height = STAMP * scale;
  const context = stamp.getContext('2d');
  if (!context) return stamp;
  context.scale(scale, scale);
  context.translate(STAMP / 2, STAMP / 2);
  context.fillStyle = colour;
  context.globalAlpha = status === 'ok' ? 0.8 : 1;
  context.beginPath();
  if (status === 'ok') context.arc(0, 0, 3, 0, 2 * Math.PI);
  else if (status === 'throttle') context.rect(-4, -4, 8, 8);
  else if (status === 'error') polygon(context, [0, -4.4, 5, 4.6, -5, 4.6]);
  else polygon(context, [0, -5, 5, 0, 0, 5, -5, 0]);
  context.fill();
  return stamp;
}

function polygon(context: CanvasRenderingContext2D, at: number[]): void {
  context.moveTo(at[0] ?? 0, at[1] ?? 0);
  for (let i = 2; i < at.length; i += 2) context.lineTo(at[i] ?? 0, at[i + 1] ?? 0);
  context.closePath();
}

import type { TraceOverview, TraceRow } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { Icon } from '../../components/icon';
import { Glyph } from '../../components/status';
import { useThemeVersion } from '../../components/theme';
import { count, duration, ms, plural } from '../../model/format';
import { cellAt, countBetween, heatMap, type HeatCell, type HeatMap } from '../../model/list/heat';
import { whenOf } from '../../model/list/when';
import {
  axesOf,
  midnights,
  nearestPoint,
  pointsOf,
  powerLabels,
  timeLabels,
  type Axes,
  type Point,
} from '../../model/list/scatter';
import { percentile, hasAnswered, timeOf, whatOf } from '../../model/list/trace-list';
import { navigate, traceHref } from '../../router';
import { zoneName } from '../shared/key-bar';
import { type Brush, BrushArea, BrushBar } from './brush';
import style from './chart.module.css';
import { drawDots } from './draw-dots';
import { drawHeat } from './draw-heat';

const CLICK = 4;
/** Pixels between the middle of a day's name and that of the next label. */
const DAY_WIDTH = 52;

/**
 * Response times over time, to brush and zoom. A point for each trace, whose click opens it; a heat map of
 * all of them where there are too many for points.
 */
export function Chart({
  rows,
  overview,
  from,
  to,
  brush: kept,
  onBrush,
  onZoom,
  different,
}: {
  rows: TraceRow[];
  /** Set where there are too many for points. */
  overview: TraceOverview | undefined;
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
  const [cell, setCell] = useState<HeatCell>();
  /** While it is dragged: one change, made when the pointer is let go. */
  const [drawn, setDrawn] = useState<Brush>();
  const brush = drawn ?? kept;
  const theme = useThemeVersion();
  const width = useWidth(plot);
  // What has not answered has no response time yet.
  const answered = useMemo(() => rows.filter(hasAnswered), [rows]);
  const heat = useMemo(
    () => overview && heatMap(overview, from, to, width),
    [overview, from, to, width],
  );
  const axes = useMemo(() => heat?.axes ?? axesOf(answered, from, to), [heat, answered, from, to]);
  const points = useMemo(() => pointsOf(answered, axes), [answered, axes]);
  const times = useMemo(() => answered.map(timeOf).sort((a, b) => a - b), [answered]);
  const { p50, p95 } = overview
    ? overview.total
    : { p50: percentile(times, 0.5), p95: percentile(times, 0.95) };

  useEffect(() => {
    if (!canvas.current || width === 0) return;
    if (heat) drawHeat(canvas.current, heat);
    else drawDots(canvas.current, points);
  }, [points, heat, theme, width]);

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
    let drag: Brush | undefined;
    const timeAt = (x: number): number =>
      from + Math.min(Math.max(x / start.width, 0), 1) * (to - from);
    const move = (next: PointerEvent): void => {
      const x = placeOf(next).x;
      if (Math.abs(x - start.x) < CLICK) return;
      const fixed = edge === 'from' ? brush?.to : edge === 'to' ? brush?.from : timeAt(start.x);
      const [a, b] = [fixed ?? timeAt(start.x), timeAt(x)];
      drag = { from: Math.min(a, b), to: Math.max(a, b) };
      setDrawn(drag);
    };
    const up = (next: PointerEvent): void => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      removeEventListener('pointercancel', up);
      setDrawn(undefined);
      if (drag) return onBrush(drag);
      if (edge || Math.abs(placeOf(next).x - start.x) >= CLICK) return;
      const hit = heat && cellAt(heat, start.x / start.width, start.y / start.height);
      if (heat) return onBrush(hit && { from: hit.from, to: hit.to });
      const point = nearestPoint(points, start, start);
      if (point) navigate(traceHref(point.row.id));
      else onBrush(undefined);
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
    addEventListener('pointercancel', up);
  };
  const inside = !brush
    ? 0
    : heat
      ? countBetween(heat, brush.from, brush.to)
      : rows.filter((row) => row.start >= brush.from && row.start <= brush.to).length;
  const days = midnights(axes);
  // The name of a day takes the place of the times beside it.
  const hours = timeLabels(axes, Math.max(2, width / 90)).filter(({ x }) =>
    days.every((day) => Math.abs(day.x - x) * width > DAY_WIDTH),
  );
  const look = (event: PointerEvent): void => {
    const at = placeOf(event);
    if (heat) setCell(cellAt(heat, at.x / at.width, at.y / at.height));
    else setNear(nearestPoint(points, at, at));
  };
  return (
    <div class="chart">
      <div class="chart-h">
        <h2>Response time</h2>
        <span class="t2">
          p50 <b>{ms(p50)}</b> ms
        </span>
        <span class="t2">
          p95 <b>{ms(p95)}</b> ms
        </span>
        {different && (
          <a class="btn" href={different}>
            What is different?
          </a>
        )}
        {heat && <HeatKey steps={heat.steps} />}
        {brush ? (
          <BrushBar inside={inside} brush={brush} onBrush={onBrush} onZoom={onZoom} />
        ) : (
          <span class={style.zone}>times in {zoneName()}</span>
        )}
      </div>
      <div
        class={near ? 'plot at' : 'plot'}
        ref={plot}
        onPointerDown={down}
        onPointerMove={look}
        onPointerLeave={() => {
          setNear(undefined);
          setCell(undefined);
        }}
        onDblClick={() => brush && onZoom(brush)}
      >
        {powerLabels(axes).map((label) => (
          <div key={label.text} class="gl" style={{ top: `${label.y * 100}%` }}>
            <span>{label.text}</span>
          </div>
        ))}
        <canvas
          ref={canvas}
          role="img"
          aria-label={heat ? spokenHeat(heat, overview!) : spoken(answered, times, axes)}
        />
        {days.map((midnight) => (
          <div key={midnight.text} class={style.midnight} style={{ left: `${midnight.x * 100}%` }}>
            <span>{midnight.text}</span>
          </div>
        ))}
        {hours.map((label, at) => (
          <span
            key={label.text + at}
            class={at % 2 ? 'tk alt' : 'tk'}
            style={{ left: `${label.x * 100}%` }}
          >
            {label.text}
          </span>
        ))}
        {near && !heat && <PointTip point={near} />}
        {cell && heat && <CellTip cell={cell} />}
        <BrushArea from={from} to={to} brush={brush} onBrush={onBrush} onZoom={onZoom} />
      </div>
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
        {whenOf(row.start, { seconds: true })} · {point.status} {row.status} ·{' '}
        {duration(timeOf(row))}
      </span>
      <span class="cut">
        {row.method} {whatOf(row)}
      </span>
    </div>
  );
}

/** What the shades mean. */
function HeatKey({ steps }: { steps: readonly number[] }): JSX.Element {
  return (
    <span class={style.key}>
      <span>{steps[0]}</span>
      {steps.map((least, at) => (
        <i key={least} class={style[`step${at + 1}`]} />
      ))}
      <span>{count(steps.at(-1) ?? 1)}+ traces</span>
      <span class="s-fault">
        <Glyph name="fault" />
      </span>
      <span>has faults</span>
    </span>
  );
}

function CellTip({ cell }: { cell: HeatCell }): JSX.Element {
  const end = cell.x > 0.6;
  return (
    <div
      class={end ? 'tip end' : 'tip'}
      style={
        end ? { right: `${(1 - cell.x) * 100}%` } : { left: `${(cell.x + cell.width) * 100}%` }
      }
      aria-hidden="true"
    >
      <span class={style.cellWords}>
        {whenOf(cell.from, { seconds: true })} – {whenOf(cell.to, { seconds: true })}
        <br />
        {duration(cell.fastest)} – {duration(cell.slowest)}
        <br />
        <b>{plural(cell.count, 'trace')}</b>
        {cell.fault > 0 && `, ${plural(cell.fault, 'fault')}`}
      </span>
    </div>
  );
}

function spokenHeat({ axes }: HeatMap, { total }: TraceOverview): string {
  return (
    `Heat map of the response times of ${plural(total.count, 'trace')} from ${whenOf(axes.from)} to ` +
    `${whenOf(axes.to)}, log scale. Half took less than ${duration(total.p50)}, 95 % less than ` +
    `${duration(total.p95)}; ${plural(total.fault, 'fault')}.`
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
  const span = `from ${whenOf(axes.from)} to ${whenOf(axes.to)}, log scale`;
  return `Response times ${span}. ${middle}; ${count(faults)} faults.`;
}

import type { TraceOverview, TraceRow } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useThemeVersion } from '../../components/theme';
import { count, duration, ms, plural } from '../../model/format';
import { type Brush, twoDigits } from '../../model/list/brush';
import { cellAt, countIn, heatMap, type HeatCell, type HeatMap } from '../../model/list/heat';
import { whenOf } from '../../model/list/when';
import {
  axesOf,
  nearestPoint,
  pointsOf,
  powerLabels,
  type Axes,
  type Point,
} from '../../model/list/scatter';
import { percentile, hasAnswered, timeOf } from '../../model/list/trace-list';
import { navigate, traceHref } from '../../router';
import { zoneName } from '../shared/key-bar';
import { BrushArea, BrushBar, type Inside } from './brush';
import { CellTip, HeatKey, PointTip } from './chart-tips';
import style from './chart.module.css';
import { drawDots } from './draw-dots';
import { drawHeat } from './draw-heat';
import { TimeLabels } from './time-labels';
import { placeOn, useBrushDrag } from './use-brush-drag';

/** More traces are shown as a heat map instead of points. */
export const MOST_POINTS = 2_000;

/**
 * Response times over time, to select from and zoom into. Each trace is a point that opens it when clicked; if there
 * are too many, a heat map shows the durations of all traces.
 */
export function Chart({
  rows,
  many,
  partial = false,
  overview,
  from,
  to,
  brush: kept,
  counted,
  onBrush,
  onZoom: zoom,
  different,
}: {
  rows: TraceRow[];
  /** Whether there are too many traces for points. */
  many: boolean;
  /** Whether more rows are being loaded. */
  partial?: boolean;
  /** The sums of the heat map, once local X-Ray has answered. */
  overview: TraceOverview | undefined;
  /** The epoch seconds that the axis covers. */
  from: number;
  to: number;
  brush: Brush | undefined;
  /** How many traces are selected, once local X-Ray has counted them. */
  counted: number | undefined;
  onBrush: (brush: Brush | undefined) => void;
  /** Called with both ends of the time range, or with neither. */
  onZoom: (brush: Brush) => void;
  /** Link to the comparison of the selected traces, or of those with the shown status, with the rest. */
  different: string | undefined;
}): JSX.Element {
  const plot = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [near, setNear] = useState<Point>();
  const [cell, setCell] = useState<HeatCell>();
  const theme = useThemeVersion();
  const width = useWidth(plot);
  // Until everything has arrived nothing is drawn: points would show only the loaded traces, and then be replaced.
  const awaited = many ? !overview : partial;
  // Traces that have not responded have no response time yet.
  const answered = useMemo(() => (awaited ? [] : rows.filter(hasAnswered)), [rows, awaited]);
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

  const onZoom = (to: Brush): void =>
    zoom(to.from === undefined && to.to === undefined ? to : { ...timeOfAxes(axes), ...to });
  const { drawn, down } = useBrushDrag(plot, axes, kept, {
    onBrush,
    onClick: (at) => {
      if (heat) {
        const hit = cellAt(heat, at.x / at.width, at.y / at.height);
        return onBrush(hit && cellBrush(hit));
      }
      const point = nearestPoint(points, at, at);
      if (point) navigate(traceHref(point.row.id));
      else onBrush(undefined);
    },
  });
  const brush = drawn ?? kept;
  const inside = (): Inside => {
    if (!heat || !overview) {
      const within = rows.filter((row) => brush && isIn(brush, row)).length;
      return { amount: within, estimated: false, of: rows.length };
    }
    const of = overview.total.count;
    if (!drawn && counted !== undefined) return { amount: counted, estimated: false, of };
    return { amount: countIn(heat, brush ?? {}), estimated: true, of };
  };
  const look = (event: PointerEvent): void => {
    const at = placeOn(plot, event);
    if (heat) setCell(cellAt(heat, at.x / at.width, at.y / at.height));
    else setNear(nearestPoint(points, at, at));
  };
  return (
    <div class={style.chart}>
      <div class={style.head}>
        <h2>{many ? 'Duration' : 'Response time'}</h2>
        <span class="t2">
          p50 <b>{ms(p50)}</b> ms
        </span>
        <span class="t2">
          p95 <b>{ms(p95)}</b> ms
        </span>
        {different && !brush && (
          <a class="btn" href={different}>
            What is different?
          </a>
        )}
        {heat && <HeatKey steps={heat.steps} />}
        {brush ? (
          <BrushBar
            inside={inside()}
            brush={brush}
            different={drawn ? undefined : different}
            onBrush={onBrush}
            onZoom={onZoom}
          />
        ) : (
          <span class={style.zone}>
            drag over the chart to select (<kbd>b</kbd>) · times in {zoneName()}
          </span>
        )}
      </div>
      <div
        class={near ? `${style.plot} ${style.atPoint}` : style.plot}
        ref={plot}
        data-plot
        onPointerDown={down}
        onPointerMove={look}
        onPointerLeave={() => {
          setNear(undefined);
          setCell(undefined);
        }}
        onDblClick={() => brush && onZoom(brush)}
      >
        {powerLabels(axes).map((label) => (
          <div key={label.text} class={style.power} style={{ top: `${label.y * 100}%` }}>
            <span>{label.text}</span>
          </div>
        ))}
        <canvas
          ref={canvas}
          role="img"
          aria-label={
            heat
              ? spokenHeat(heat, overview!)
              : awaited
                ? 'Loading the chart…'
                : spoken(answered, times, axes)
          }
        />
        {!awaited && <TimeLabels axes={axes} width={width} />}
        {near && !heat && <PointTip point={near} />}
        {cell && heat && !drawn && <CellTip cell={cell} />}
        <BrushArea axes={axes} brush={brush} onBrush={onBrush} onZoom={onZoom} />
      </div>
    </div>
  );
}

function timeOfAxes({ from, to }: Axes): Brush {
  return { from, to };
}

function cellBrush({ from, to, fastest, slowest }: HeatCell): Brush {
  return { from, to, fastest: twoDigits(fastest), slowest: twoDigits(slowest) };
}

function isIn({ from = 0, to = Infinity, fastest, slowest }: Brush, row: TraceRow): boolean {
  if (row.start < from || row.start > to) return false;
  if (fastest === undefined && slowest === undefined) return true;
  // Use the same value as the filter.
  const { responseTime = NaN } = row;
  return responseTime >= (fastest ?? 0) && responseTime < (slowest ?? Infinity);
}

function spokenHeat({ axes }: HeatMap, { total }: TraceOverview): string {
  return (
    `Heat map of the durations of ${plural(total.count, 'trace')} from ${whenOf(axes.from)} to ` +
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

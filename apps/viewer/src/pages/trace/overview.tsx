import { startsFault } from '../../model/trace/starts-fault';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { tokenColours, useThemeVersion } from '../../components/theme';
import { axisTicks, formatZoom, place, zoom as zoomed, type Window } from '../../model/trace/bars';
import { offset, three } from '../../model/format';
import type { TraceView } from './use-trace-view';
import style from './overview.module.css';

const HEIGHT = 40;
/** Drags shorter than this many pixels are clicks. */
const CLICK = 4;

/** A small picture of the whole trace with the visible window, and the time axis of the waterfall. */
export function Overview({ view }: { view: TraceView }): JSX.Element {
  const { tree, window } = view;
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useThemeVersion();

  useEffect(() => {
    const element = canvas.current;
    if (!element) return undefined;
    const paint = (): void => draw(element, view);
    paint();
    const sizes = new ResizeObserver(paint);
    sizes.observe(element);
    return () => sizes.disconnect();
  }, [tree, view.rows, view.hits, theme]);

  const drag = (down: PointerEvent): void => {
    const area = box.current?.getBoundingClientRect();
    if (!area || down.button !== 0) return;
    down.preventDefault();
    const timeAt = (x: number): number =>
      (Math.min(Math.max(x - area.left, 0), area.width) / area.width) * tree.duration;
    const handle = (down.target as HTMLElement).dataset.edge;
    const start = timeAt(down.clientX);
    const move = (event: PointerEvent): void => {
      const now = timeAt(event.clientX);
      if (Math.abs(event.clientX - down.clientX) < CLICK) return;
      const [a, b] =
        handle === 'from'
          ? [now, window.until]
          : handle === 'until'
            ? [window.from, now]
            : [start, now];
      if (Math.abs(b - a) > tree.duration / 1e5)
        view.set({ window: { from: Math.min(a, b), until: Math.max(a, b) } });
    };
    const up = (event: PointerEvent): void => {
      removeEventListener('pointermove', move);
      removeEventListener('pointerup', up);
      const isClick = Math.abs(event.clientX - down.clientX) < CLICK && !handle;
      if (isClick && view.zoomed) {
        const span = window.until - window.from;
        view.set({
          window: zoomed(
            { from: start - span / 2, until: start + span / 2 },
            1,
            start,
            tree.duration,
          ),
        });
      }
    };
    addEventListener('pointermove', move);
    addEventListener('pointerup', up);
  };

  const shown = place([window.from, window.until], { from: 0, until: tree.duration }) ?? {
    left: 0,
    width: 100,
  };
  return (
    <div class={style.overview}>
      <div
        class={style.minimap}
        ref={box}
        onPointerDown={drag}
        onDblClick={() => view.set({ window: { from: 0, until: tree.duration } })}
      >
        <canvas ref={canvas} role="img" aria-label="Overview of the whole trace; drag to zoom" />
        <div class={style.window} style={{ left: `${shown.left}%`, width: `${shown.width}%` }}>
          <Edge view={view} edge="from" />
          <Edge view={view} edge="until" />
        </div>
      </div>
      <Axis window={window} />
    </div>
  );
}

/** A handle of the window, which can be dragged or moved with the arrow keys. */
function Edge({ view, edge }: { view: TraceView; edge: 'from' | 'until' }): JSX.Element {
  const { window, tree } = view;
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const least = tree.duration / 1000;
    const by = ((window.until - window.from) / 20) * step;
    const next =
      edge === 'from'
        ? {
            from: Math.min(Math.max(window.from + by, 0), window.until - least),
            until: window.until,
          }
        : {
            from: window.from,
            until: Math.max(Math.min(window.until + by, tree.duration), window.from + least),
          };
    if (formatZoom(next, tree.duration) !== formatZoom(window, tree.duration))
      view.set({ window: next });
  };
  return (
    <button
      type="button"
      class={`${style.edge} ${style[edge]}`}
      data-edge={edge}
      role="slider"
      aria-label={edge === 'from' ? 'Start of the zoom' : 'End of the zoom'}
      aria-valuemin={0}
      aria-valuemax={Math.round(tree.duration * 1e6) / 1000}
      aria-valuenow={Math.round(window[edge] * 1e6) / 1000}
      aria-valuetext={offset(window[edge])}
      onKeyDown={move}
    />
  );
}

function Axis({ window }: { window: Window }): JSX.Element {
  const marks = axisTicks(window);
  return (
    <div class={style.axis} aria-hidden="true">
      {marks.map((mark, at) => {
        const left = place([mark, mark], window)?.left ?? 0;
        const edge = left > 97 ? style.last : left < 1 ? style.first : '';
        return (
          <span
            key={mark}
            class={`${style.tick} ${edge} ${at % 2 ? style.alternate : ''}`}
            style={{ left: `${left}%` }}
          >
            {axisText(mark, window)}
            {at === 0 && ' ms'}
          </span>
        );
      })}
    </div>
  );
}

/** Milliseconds with as many decimals as are needed to distinguish the marks. */
function axisText(seconds: number, window: Window): string {
  const span = (window.until - window.from) * 1000;
  if (span >= 20) return three(Math.round(seconds * 1000)).replace(/\.0+$/, '');
  return (seconds * 1000).toFixed(span >= 2 ? 1 : span >= 0.2 ? 2 : 3);
}

function draw(canvas: HTMLCanvasElement, { tree, rows, hits }: TraceView): void {
  const scale = devicePixelRatio || 1;
  const width = canvas.clientWidth;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = HEIGHT * scale;
  const context = canvas.getContext('2d');
  if (!context || tree.duration <= 0) return;
  context.scale(scale, scale);
  const colours = tokenColours(canvas.parentElement ?? document.body, [
    'own',
    'sql',
    'call',
    'fault-bar',
    'text',
  ] as const);
  const room = HEIGHT - 8;
  const step = Math.min(5, room / rows.length);
  const thick = Math.min(2.5, Math.max(0.5, step * 0.8));
  const x = (seconds: number): number => (seconds / tree.duration) * width;
  rows.forEach((row, index) => {
    const y = 4 + index * step;
    for (const node of row.type === 'fold' ? row.nodes : [row.node]) {
      const origin = startsFault(node);
      context.fillStyle = colours[origin ? 'fault-bar' : node.hue];
      context.fillRect(x(node.start), y, Math.max(1, x(node.end) - x(node.start)), thick);
    }
  });
  context.fillStyle = colours.text;
  for (const hit of hits) context.fillRect(x(hit.start), HEIGHT - 5, 1, 5);
}

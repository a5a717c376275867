import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { useSize } from '../../components/use-size';
import { useVirtual } from '../../components/use-virtual';
import { zoomed, type Flame, type Frame } from '../../model/trace/flame';
import { count, duration, share } from '../../model/format';
import style from './flame.module.css';

const ROW = 24;
/** Narrower frames are not rendered, because they could be neither seen nor clicked. */
const LEAST_PX = 2;
/** From this width on, a frame shows its name. */
const LABEL_PX = 28;
/** From this width on, a frame also shows its duration. */
const WIDE_PX = 180;

interface FramesProps {
  flame: Flame;
  focus: Frame | undefined;
  selected: Frame;
  hits: ReadonlySet<Frame>;
  onSelect: (frame: Frame) => void;
  onZoom: (frame: Frame) => void;
}

/** The frames as an ARIA tree: arrow keys move the focus, Enter zooms. */
export function Frames(props: FramesProps): JSX.Element {
  const { flame, focus, selected, onSelect, onZoom } = props;
  const holder = useRef<HTMLDivElement>(null);
  const { width } = useSize(holder);
  const levels = useMemo(() => {
    const rows: Frame[][] = Array.from({ length: flame.depth }, () => []);
    for (const frame of flame.frames) rows[frame.depth]?.push(frame);
    return rows;
  }, [flame]);
  const { items, totalSize, reveal } = useVirtual({
    count: levels.length,
    rowHeight: ROW,
    within: 'page',
    element: holder,
  });
  const wantsFocus = useRef(false);
  useLayoutEffect(() => {
    if (!wantsFocus.current) return;
    wantsFocus.current = false;
    holder.current?.querySelector<HTMLElement>('[aria-selected=true]')?.focus();
  });

  const keys = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || event.key === ' ') onZoom(selected);
    else {
      const next = step(selected, event.key, flame);
      if (!next) return;
      wantsFocus.current = true;
      reveal(next.depth);
      // If the next frame is outside the zoom, zoom to the nearest common ancestor.
      if (focus && (zoomed(next, focus).x < -1e-9 || zoomed(next, focus).x >= 1)) {
        onZoom(next.parent ?? next);
      }
      onSelect(next);
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div class={style.holder}>
      <div
        class={style.tree}
        ref={holder}
        role="tree"
        aria-label="Flame graph"
        style={{ height: `${totalSize}px` }}
        onKeyDown={keys}
      >
        {width > 0 &&
          items.flatMap(({ index }) =>
            (levels[index] ?? []).map((frame) => (
              <FrameBar key={frame.id} {...props} frame={frame} width={width} />
            )),
          )}
      </div>
    </div>
  );
}

function FrameBar({
  frame,
  width,
  flame,
  focus,
  selected,
  hits,
  onSelect,
  onZoom,
}: FramesProps & { frame: Frame; width: number }): JSX.Element | null {
  const place = zoomed(frame, focus);
  const isSelected = frame === selected;
  const outside = place.x >= 1 - 1e-9 || place.x + place.width <= 1e-9;
  const pixels = place.width * width;
  if (outside || (pixels < LEAST_PX && !isSelected)) return null;
  const above = focus && frame !== focus && place.width === 1 && frame.depth < focus.depth;
  const hue =
    frame.worst === 'fault' && !frame.children.some(({ worst }) => worst === 'fault')
      ? 'fault'
      : frame.hue;
  const times = frame.nodes.length > 1 ? `× ${count(frame.nodes.length)}` : '';
  return (
    <div
      role="treeitem"
      class={[style.frame, style[hue], hits.has(frame) && style.hit, above && style.above]
        .filter(Boolean)
        .join(' ')}
      aria-level={frame.depth + 1}
      aria-selected={isSelected}
      aria-expanded={frame.children.length > 0 ? true : undefined}
      title={`${frame.label} ${times}: ${duration(frame.total)}`}
      tabIndex={isSelected ? 0 : -1}
      style={{
        left: `${place.x * 100}%`,
        width: `${place.width * 100}%`,
        top: `${frame.depth * ROW}px`,
      }}
      onClick={() => onSelect(frame)}
      onDblClick={() => onZoom(frame)}
    >
      <span class={pixels > LABEL_PX ? 'cut' : 'vh'}>
        <bdi>{frame.label}</bdi>
        {times && <b> {times}</b>}
      </span>{' '}
      <span class={pixels > WIDE_PX ? style.time : 'vh'}>{duration(frame.total)}</span>
      <span class="vh">
        , self {duration(frame.self)}, {share(frame.value, flame.value)}
        {frame.worst !== 'ok' && `, ${frame.worst}`}
      </span>
    </div>
  );
}

/** The frame for an arrow key: up to the caller, down to the widest callee, sideways to the next on the level. */
function step(from: Frame, key: string, flame: Flame): Frame | undefined {
  if (key === 'ArrowUp' || key === 'k') return from.parent;
  if (key === 'ArrowDown' || key === 'j') return from.children[0];
  if (key === 'Home') return flame.frames[0];
  if (key !== 'ArrowLeft' && key !== 'ArrowRight') return undefined;
  const siblings = from.parent?.children ?? flame.frames.filter(({ depth }) => depth === 0);
  return siblings[siblings.indexOf(from) + (key === 'ArrowRight' ? 1 : -1)];
}

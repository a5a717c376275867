import type { JSX } from 'preact';
import { useEffect, useMemo, useRef } from 'preact/hooks';
import { Glyph } from '../../components/status';
import { duration } from '../../model/format';
import { layoutGraph, type PlacedNode, type Point } from '../../model/graph/graph-layout';
import type { DrawnEdge } from '../../model/graph/graph-layout.edge';
import { placeLabels } from '../../model/graph/graph-layout.labels';
import { COMPACT, ROOMY } from '../../model/graph/graph-layout.sizes';
import {
  healthOf,
  percentile,
  type Health,
  type MapEdge,
  type MapNode,
  type ServiceMap,
} from '../../model/graph/service-graph';
import { neighboursOf } from '../../model/graph/fold-stores';
import { nearest } from './nearest';
import { NodeButton } from './node-button';
import { useSize } from '../../components/use-size';
import { rateSpoken, rateWords } from './words';
import style from './map.module.css';

export type EdgeFigure = 'rate' | 'p50' | 'p95';

export interface Selection {
  /** Id of the selected node or edge. Empty if none is selected. */
  selected: string;
  onSelect: (id: string) => void;
}

interface CanvasProps extends Selection {
  map: ServiceMap;
  /** The folded databases, by the node that calls them, which shows their number. */
  stores: ReadonlyMap<string, MapNode[]>;
  /** Receives the current scale. */
  shown: { current: number };
  figures: readonly EdgeFigure[];
  zoom: Zoom;
}

/** 1 is the natural size. `fit` shrinks the map until all of it is visible. */
export type Zoom = number | 'fit';
/** Below this scale a map with all its text is hard to read, and only names are shown. */
const LEAST_ROOMY = 0.75;
/** From this scale on, there is space for numbers at the edges of a compact map. */
const ROOM_FOR_RATES = 1;
/** Maximum number of edges of the selection that show numbers, so that they can be distinguished. */
const MOST_FIGURES = 12;
/** Text keeps its size down to this scale. */
const LEAST_WORDS = 0.6;

interface Room {
  width: number;
  height: number;
}

function fitting(layout: Room, room: Room): number {
  return Math.min(1, room.width / layout.width, room.height ? room.height / layout.height : 1);
}

/** On narrower pages the map runs from top to bottom. */
const NARROW = 720;

/** The drawing of the map: circles for nodes, arrows for calls. */
export function MapCanvas({
  map,
  stores,
  shown,
  figures,
  zoom,
  selected,
  onSelect,
}: CanvasProps): JSX.Element {
  const frame = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(frame);
  const down = width > 0 && width < NARROW;
  const layout = useMemo(() => {
    const graph = {
      nodes: map.nodes.map(({ id, traffic }) => ({ id, weight: traffic.total })),
      edges: map.edges,
    };
    // A map from top to bottom is as high as it needs to be, and the page scrolls.
    const room = { width, height: down ? 0 : height };
    const lay = (size: Room, compact: boolean) =>
      layoutGraph(graph, { direction: down ? 'down' : 'right', compact, ...size });
    const roomy = lay(room, false);
    const compact = width > 0 && fitting(roomy, room) < LEAST_ROOMY;
    const natural = compact ? lay(room, true) : roomy;
    const scale = zoom === 'fit' ? fitting(natural, room) : zoom;
    // A map that is scaled down has more space to fill.
    if (scale >= 1 || width === 0) return { ...natural, scale, compact };
    const filling = lay({ width: width / scale, height: room.height / scale }, compact);
    return { ...filling, scale, compact };
  }, [map, down, width, height, zoom]);
  const { scale, compact } = layout;
  shown.current = scale;
  const near = useMemo(() => neighboursOf(map, selected), [map, selected]);
  // Numbers would hide the edges of a node with very many calls. The panel lists them all.
  const few =
    map.edges.filter((edge) => touches(edge, selected)).length <= MOST_FIGURES ||
    map.edges.some(({ id }) => id === selected);
  const far = (id: string): boolean => near.size > 0 && !near.has(id);
  const unscaled = compact ? 1 / Math.max(LEAST_WORDS, scale) : 1;
  const labels = useMemo(() => {
    const all = !down && (!compact || scale >= ROOM_FOR_RATES);
    const shown = map.edges.filter(
      (edge) => all || (touches(edge, selected) && (few || shownHealth(edge, map) !== 'ok')),
    );
    // If there is not room for all labels, those of edges with errors or faults are shown.
    const healthy = (edge: MapEdge): number => Number(shownHealth(edge, map) === 'ok');
    const ids = new Set(shown.sort((a, b) => healthy(a) - healthy(b)).map(({ id }) => id));
    return placeLabels(layout, ids, compact ? COMPACT : ROOMY, unscaled, down);
  }, [layout, map, selected, few]);
  const places = new Map(layout.nodes.map((node) => [node.id, node]));
  const lines = new Map(layout.edges.map((edge) => [edge.id, edge]));
  // What the panel or the address selects may be outside the visible part of a map that scrolls.
  useEffect(() => {
    const at = places.get(selected) ?? labels.get(selected);
    if (frame.current && at) reveal(frame.current, { x: at.x * scale, y: at.y * scale });
  }, [selected, width > 0]);
  const moveTo = (from: string, key: string): boolean => {
    const next = nearest(layout.nodes, from, key);
    if (!next) return false;
    const buttons = frame.current?.querySelectorAll<HTMLElement>('[data-node]') ?? [];
    for (const button of buttons) if (button.dataset.node === next) button.focus();
    return true;
  };
  const keys = (event: KeyboardEvent): void => {
    const from = (event.target as HTMLElement).dataset.node;
    if (event.key === 'Escape' && selected) onSelect('');
    else if (from === undefined || !moveTo(from, event.key)) return;
    event.preventDefault();
  };

  return (
    <div class={style.canvas} ref={frame} onKeyDown={keys} role="group" aria-label="Map">
      {width > 0 && (
        <div
          class={style.canvasRoom}
          style={{ width: `${layout.width * scale}px`, height: `${layout.height * scale}px` }}
        >
          <div
            class={compact ? `${style.drawing} ${style.compact}` : style.drawing}
            style={{
              '--unscaled': unscaled,
              width: `${layout.width}px`,
              height: `${layout.height}px`,
              transform: scale === 1 ? undefined : `scale(${scale})`,
            }}
          >
            <Lines map={map} lines={lines} selected={selected} far={far} unscaled={unscaled} />
            {map.edges.map((edge) => (
              <EdgeLabel
                key={edge.id}
                edge={edge}
                place={labels.get(edge.id)}
                map={map}
                figures={figures}
                pressed={selected === edge.id}
                onSelect={onSelect}
              />
            ))}
            {map.nodes.map((node) => (
              <NodeButton
                key={node.id}
                node={node}
                place={places.get(node.id) as PlacedNode}
                spoken={spokenNode(node, map, stores.get(node.id))}
                compact={compact}
                far={far(node.id)}
                stores={stores.get(node.id)}
                pressed={selected === node.id}
                onSelect={onSelect}
              />
            ))}
          </div>
        </div>
      )}
    </div>
  );
}

/** Scrolls the frame, not the page, so that the position is well inside. */
function reveal(frame: HTMLElement, { x, y }: { x: number; y: number }): void {
  const { scrollLeft, scrollTop, clientWidth, clientHeight } = frame;
  const edge = ROOMY.maxRadius * 1.5;
  if (x < scrollLeft + edge || x > scrollLeft + clientWidth - edge)
    frame.scrollLeft = x - clientWidth / 2;
  if (y < scrollTop + edge || y > scrollTop + clientHeight - edge)
    frame.scrollTop = y - clientHeight / 2;
}

/** The health shown at an edge. Edges from the clients show none, because the node that answered them does. */
function shownHealth(edge: MapEdge, map: ServiceMap): Health {
  const client = map.nodes.find((node) => node.id === edge.from)?.kind === 'client';
  return client ? 'ok' : healthOf(edge.traffic);
}

function touches(edge: MapEdge, selected: string): boolean {
  return [edge.id, edge.from, edge.to].includes(selected);
}

function Lines({
  map,
  lines,
  selected,
  far,
  unscaled,
}: {
  map: ServiceMap;
  lines: Map<string, DrawnEdge>;
  selected: string;
  /** Whether a node or edge is not connected with the selection. */
  far: (id: string) => boolean;
  /** The factor that keeps lines and arrowheads equally strong when the map is scaled down. */
  unscaled: number;
}): JSX.Element {
  return (
    <svg class={style.lines} aria-hidden="true">
      {map.edges.map((edge) => {
        const line = lines.get(edge.id);
        if (!line) return null;
        const health = shownHealth(edge, map);
        const rate = map.minutes > 0 ? edge.traffic.total / map.minutes : edge.traffic.total;
        const width = 1 + Math.min(3, Math.log10(rate + 1));
        const chosen = selected === edge.id ? style.on : far(edge.id) ? style.far : '';
        return (
          <g key={edge.id} class={`${style.edge} ${style[health] ?? ''} ${chosen}`}>
            <path d={line.path} stroke-width={(width * unscaled).toFixed(1)} />
            <path
              class={style.tip}
              data-arrow={edge.id}
              d="M5 0L-4-4.5V4.5z"
              transform={`translate(${line.tip.x} ${line.tip.y}) rotate(${line.tip.angle}) scale(${unscaled.toFixed(2)})`}
            />
          </g>
        );
      })}
    </svg>
  );
}

function EdgeLabel({
  edge,
  place,
  map,
  figures,
  pressed,
  onSelect,
}: {
  edge: MapEdge;
  /** Undefined if there is no space for the label. */
  place: Point | undefined;
  map: ServiceMap;
  figures: readonly EdgeFigure[];
  pressed: boolean;
  onSelect: (id: string) => void;
}): JSX.Element | null {
  if (!place) return null;
  const health = shownHealth(edge, map);
  if (figures.length === 0 && health === 'ok') return null;
  const name = (id: string): string => map.nodes.find((node) => node.id === id)?.name ?? '';
  const p50 = duration(percentile(edge.traffic, 0.5));
  const p95 = duration(percentile(edge.traffic, 0.95));
  return (
    <button
      type="button"
      class={`${style.edgeFigures} s-${health}`}
      style={{ left: `${place.x}px`, top: `${place.y}px` }}
      aria-pressed={pressed}
      onClick={() => onSelect(pressed ? '' : edge.id)}
    >
      <span class="vh">
        {name(edge.from)} to {name(edge.to)}:{' '}
      </span>
      {health !== 'ok' && <Glyph name={health} label={`${health}, `} />}
      {edge.traffic.total === 0 && <span class="t3">no calls yet</span>}
      {figures.includes('rate') && edge.traffic.total > 0 && (
        <span>{rateWords(edge.traffic.total, map.minutes)}</span>
      )}
      {figures.includes('p50') && edge.traffic.total > 0 && <span class="t3">{p50}</span>}
      {figures.includes('p95') && edge.traffic.total > 0 && (
        <span class="t3">{figures.includes('p50') ? `p95 ${p95}` : p95}</span>
      )}
    </button>
  );
}

function spokenNode(node: MapNode, map: ServiceMap, stores: MapNode[] = []): string {
  const called = map.edges
    .filter((edge) => edge.from === node.id && edge.to !== node.id)
    .map((edge) => map.nodes.find((other) => other.id === edge.to)?.name);
  const calls = called.length ? `, calls ${called.join(', ')}` : '';
  const folded = stores.length > 0 ? `, stores: ${stores.map(({ name }) => name).join(', ')}` : '';
  return `${rateSpoken(node.traffic.total, map.minutes)}${calls}${folded}`;
}

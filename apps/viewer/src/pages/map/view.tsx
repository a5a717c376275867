import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { useKeys } from '../../components/keys';
import { Glyph } from '../../components/status';
import { useQuery } from '../../components/use-query';
import type { TraceQuery } from '../../api/client';
import { useMedia } from '../../components/use-virtual';
import { plural } from '../../model/format';
import { around, countNodes, foldStores, troubled } from '../../model/graph/fold-stores';
import type { MapNode, ServiceMap } from '../../model/graph/service-graph';
import { MapCanvas, type EdgeFigure, type Zoom } from './canvas';
import { FindNode } from './find-node';
import { Panel } from './panel';
import { MapTable } from './table';
import style from './map.module.css';

const FIGURES: readonly EdgeFigure[] = ['rate', 'p50', 'p95'];
const ZOOM_STEPS = [0.25, 0.33, 0.5, 0.67, 0.8, 1, 1.25, 1.5, 2];
/** Maps with more nodes open with their databases folded, and on narrow pages show only a part. */
const LARGE = 14;

/** The keys of every map, for the bar at the bottom. */
export const MAP_KEYS = [
  ['f', 'find a node'],
  ['n N', 'trouble'],
  ['← → ↑ ↓', 'neighbour'],
  ['0', 'fit'],
  ['+ −', 'zoom'],
  ['u', 'fold databases'],
  ['Esc', 'clear'],
] as const;

export interface MapState {
  selected: string;
  as: 'map' | 'table';
  figures: readonly EdgeFigure[];
  zoom: Zoom;
  /** The current scale of the map. */
  shown: { current: number };
  /** The node that was found by name last; a new object each time, so that the same node can be found again. */
  found: { id: string };
  find: (id: string) => void;
  /** Undefined if the user has not chosen. */
  folds: boolean | undefined;
  set: (change: {
    sel?: string;
    as?: string;
    show?: string;
    zoom?: string;
    stores?: string;
  }) => void;
}

/** What the user chose on the map, kept in the address. */
export function useMapState(): MapState {
  const [query, setQuery] = useQuery(['sel', 'as', 'show', 'zoom', 'stores']);
  const asked = query.show === 'none' ? [] : query.show.split(',');
  const figures = query.show
    ? FIGURES.filter((figure) => asked.includes(figure))
    : FIGURES.slice(0, 2);
  const shown = useRef(1);
  const [found, setFound] = useState({ id: '' });
  const zoom = Number(query.zoom);
  return {
    selected: query.sel,
    as: query.as === 'table' ? 'table' : 'map',
    figures,
    zoom: zoom ? Math.min(2, Math.max(0.25, zoom)) : 'fit',
    shown,
    found,
    find: (id) => {
      setQuery({ sel: id });
      setFound({ id });
    },
    folds: query.stores === '' ? undefined : query.stores === 'folded',
    set: setQuery,
  };
}

/** Finds a node, and chooses between drawing and tables, the numbers at the edges, and the size. */
export function MapControls({
  state,
  nodes = [],
}: {
  state: MapState;
  nodes?: readonly MapNode[] | undefined;
}): JSX.Element {
  const toggle = (figure: EdgeFigure): void => {
    const next = FIGURES.filter((one) => (one === figure) !== state.figures.includes(one));
    state.set({ show: next.join(',') || 'none' });
  };
  const zoomBy = (step: 1 | -1): void => {
    const now = state.shown.current;
    const next =
      step > 0
        ? ZOOM_STEPS.find((one) => one > now + 0.01)
        : ZOOM_STEPS.filter((one) => one < now - 0.01).pop();
    if (next !== undefined) state.set({ zoom: String(next) });
  };
  useKeys({
    '0': () => state.set({ zoom: '' }),
    '+': () => zoomBy(1),
    '=': () => zoomBy(1),
    '-': () => zoomBy(-1),
  });
  return (
    <>
      <FindNode nodes={nodes} onFound={state.find} />
      <span class="sp" />
      <div class="seg" role="group" aria-label="Show as">
        {(['map', 'table'] as const).map((as) => (
          <button
            key={as}
            type="button"
            class="btn"
            aria-pressed={state.as === as}
            onClick={() => state.set({ as: as === 'map' ? '' : as })}
          >
            {as === 'map' ? 'Map' : 'Table'}
          </button>
        ))}
      </div>
      {state.as === 'map' && (
        <>
          <div class="seg" role="group" aria-label="Figures at the edges">
            {FIGURES.map((figure) => (
              <button
                key={figure}
                type="button"
                class="btn"
                aria-pressed={state.figures.includes(figure)}
                onClick={() => toggle(figure)}
              >
                {figure === 'rate' ? 'Rate' : figure}
              </button>
            ))}
          </div>
          <div class="seg" role="group" aria-label="Size">
            <button type="button" class="btn" aria-label="Smaller" onClick={() => zoomBy(-1)}>
              −
            </button>
            <button
              type="button"
              class="btn"
              aria-pressed={state.zoom === 'fit'}
              onClick={() => state.set({ zoom: '' })}
            >
              Fit
            </button>
            <button type="button" class="btn" aria-label="Larger" onClick={() => zoomBy(1)}>
              +
            </button>
          </div>
        </>
      )}
    </>
  );
}

/** The map or its tables, beside the panel for the selected node or edge. */
export function MapView({
  map,
  state,
  range,
  traceId,
}: {
  map: ServiceMap;
  state: MapState;
  /** The traces that the map covers, to count and link to those of a node. */
  range: TraceQuery;
  /** Set if the map shows a single trace. */
  traceId?: string;
}): JSX.Element {
  const select = (id: string): void => state.set({ sel: id });
  const narrow = useMedia('(max-width: 719px)');
  const large = map.nodes.length > LARGE;
  const folded = useMemo(() => foldStores(map, state.selected), [map, state.selected]);
  const foldable = [...folded.stores.values()].reduce((sum, { length }) => sum + length, 0);
  const folds = (state.folds ?? large) && foldable > 0;
  const whole = folds ? folded.map : map;
  const part = large && narrow;
  const drawn = useMemo(
    () => (part ? around(whole, state.selected) : whole),
    [part, whole, state.selected],
  );
  const toggleStores = (): void => state.set({ stores: folds ? 'shown' : 'folded' });
  const nextTrouble = (step: 1 | -1): void => {
    const all = troubled(map);
    const at = all.findIndex(({ id }) => id === state.selected);
    const next = all[(at < 0 && step < 0 ? all.length - 1 : at + step + all.length) % all.length];
    if (next) select(next.id);
  };
  const view = useFocusOnFound(state.found);
  useKeys({
    u: () => foldable > 0 && toggleStores(),
    n: () => nextTrouble(1),
    N: () => nextTrouble(-1),
  });
  return (
    <div class={style.canvasAndPanel} ref={view}>
      {state.as === 'map' ? (
        <section class={style.canvasFrame} aria-label="Service map">
          <MapCanvas
            map={drawn}
            stores={folds ? folded.stores : NONE}
            shown={state.shown}
            figures={state.figures}
            zoom={state.zoom}
            selected={state.selected}
            onSelect={select}
          />
          <Key map={drawn}>
            {foldable > 0 && (
              <button
                type="button"
                class="btn"
                aria-pressed={folds}
                title="Databases that only one node calls (u)"
                onClick={toggleStores}
              >
                Fold databases {foldable}
              </button>
            )}
            {part && (
              <span>
                {countNodes(drawn)} of {plural(countNodes(map), 'node')}: callers and called of one.
                The table has all.
              </span>
            )}
          </Key>
        </section>
      ) : (
        <MapTable map={map} selected={state.selected} onSelect={select} />
      )}
      <Panel
        map={map}
        large={large}
        selected={state.selected}
        onSelect={select}
        range={range}
        {...(traceId !== undefined && { traceId })}
      />
    </div>
  );
}

/** Moves the focus to the node that was found once it is drawn. A folded database is drawn later than the others. */
function useFocusOnFound(found: { id: string }): { current: HTMLDivElement | null } {
  const view = useRef<HTMLDivElement>(null);
  const done = useRef(found);
  useLayoutEffect(() => {
    if (done.current === found) return;
    const nodes = view.current?.querySelectorAll<HTMLElement>('[data-node]') ?? [];
    const node = [...nodes].find((each) => each.dataset.node === found.id);
    if (!node) return;
    done.current = found;
    node.focus({ preventScroll: true });
    node.scrollIntoView({ block: 'center', inline: 'center' });
  });
  return view;
}

const NONE: ReadonlyMap<string, MapNode[]> = new Map();

function Key({ map, children }: { map: ServiceMap; children: ComponentChildren }): JSX.Element {
  return (
    <p class={style.key}>
      <KeyGlyphs />
      {map.nodes.some((node) => node.inferred) && (
        <span>
          <svg width="16" height="16" aria-hidden="true">
            <circle
              class={style.inferredKey}
              cx="8"
              cy="8"
              r="6"
              fill="none"
              stroke-width="2"
              stroke-dasharray="4 3"
            />
          </svg>
          inferred
        </span>
      )}
      {children}
    </p>
  );
}

function KeyGlyphs(): JSX.Element {
  return (
    <>
      {(['fault', 'error', 'throttle', 'ok'] as const).map((status) => (
        <span key={status} class={`s-${status}`}>
          <Glyph name={status} />
          {status}
        </span>
      ))}
    </>
  );
}

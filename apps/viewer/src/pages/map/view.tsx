import './map.css';
import type { JSX } from 'preact';
import { Glyph } from '../../components/status';
import { useQuery } from '../../components/use-query';
import type { TraceQuery } from '../../api/client';
import type { ServiceMap } from '../../model/graph/service-graph';
import { MapCanvas, type EdgeFigure, type Zoom } from './canvas';
import { Panel } from './panel';
import { MapTable } from './table';

const FIGURES: readonly EdgeFigure[] = ['rate', 'p50', 'p95'];
const ZOOM_STEPS = [0.5, 0.67, 0.8, 1, 1.25, 1.5, 2];

export interface MapState {
  selected: string;
  as: 'map' | 'table';
  figures: readonly EdgeFigure[];
  zoom: Zoom;
  set: (change: { sel?: string; as?: string; show?: string; zoom?: string }) => void;
}

/** What the reader chose on the map, kept in the address. */
export function useMapState(): MapState {
  const [query, setQuery] = useQuery(['sel', 'as', 'show', 'zoom']);
  const asked = query.show === 'none' ? [] : query.show.split(',');
  const figures = query.show
    ? FIGURES.filter((figure) => asked.includes(figure))
    : FIGURES.slice(0, 2);
  const zoom = Number(query.zoom);
  return {
    selected: query.sel,
    as: query.as === 'table' ? 'table' : 'map',
    figures,
    zoom: query.zoom === 'fit' ? 'fit' : zoom ? Math.min(2, Math.max(0.25, zoom)) : 'auto',
    set: setQuery,
  };
}

/** Picture or table, figures of the edges, size. */
export function MapControls({ state }: { state: MapState }): JSX.Element {
  const toggle = (figure: EdgeFigure): void => {
    const next = FIGURES.filter((one) => (one === figure) !== state.figures.includes(one));
    state.set({ show: next.join(',') || 'none' });
  };
  const zoomBy = (step: 1 | -1): void => {
    const now = typeof state.zoom === 'number' ? state.zoom : 1;
    const next =
      step > 0 ? ZOOM_STEPS.find((one) => one > now) : ZOOM_STEPS.filter((one) => one < now).pop();
    if (next !== undefined) state.set({ zoom: String(next) });
  };
  return (
    <>
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
              onClick={() => state.set({ zoom: state.zoom === 'fit' ? '' : 'fit' })}
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

/** The map, or its table, beside what is known of the selected node or edge. */
export function MapView({
  map,
  state,
  range,
  traceId,
}: {
  map: ServiceMap;
  state: MapState;
  /** Which traces the map is of, to count and link to those behind a node. */
  range: TraceQuery;
  /** Set for the map of one trace. */
  traceId?: string;
}): JSX.Element {
  const select = (id: string): void => state.set({ sel: id });
  return (
    <div class="mw">
      {state.as === 'map' ? (
        <section class="cv-w" aria-label="Service map">
          <MapCanvas
            map={map}
            figures={state.figures}
            zoom={state.zoom}
            selected={state.selected}
            onSelect={select}
          />
          <Key map={map} />
        </section>
      ) : (
        <MapTable map={map} selected={state.selected} onSelect={select} />
      )}
      <Panel
        map={map}
        selected={state.selected}
        onSelect={select}
        range={range}
        {...(traceId !== undefined && { traceId })}
      />
    </div>
  );
}

function Key({ map }: { map: ServiceMap }): JSX.Element {
  return (
    <p class="map-k">
      <KeyGlyphs />
      {map.nodes.some((node) => node.inferred) && (
        <span>
          <svg width="16" height="16" aria-hidden="true">
            <circle
              class="inf-k"
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

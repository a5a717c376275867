import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { request } from '../../api/client';
import { useTrace } from '../../api/use-trace';
import { useKeys } from '../../components/keys';
import { Empty, Failure, NoTrace, Skeleton } from '../../components/load-state';
import { TraceHead, traceTitle } from '../../components/trace-head';
import { useTitle } from '../../components/use-title';
import { toServiceMap, type ServiceGraph, type ServiceMap } from '../../model/graph/service-graph';
import type { PageProps } from '../../page';
import { MapControls, MapView, useMapState } from '../map/view';
import style from '../map/map.module.css';

/** The service map of one trace. */
export function TraceMapPage({ route }: PageProps): JSX.Element {
  const { trace, tree, error } = useTrace(route.id);
  useTitle(tree ? `Map of ${traceTitle(tree)}` : 'Map');
  const state = useMapState();
  const [map, setMap] = useState<ServiceMap>();
  const [problem, setProblem] = useState<Error>();
  useKeys({ Escape: () => state.set({ sel: '' }) });
  useEffect(() => {
    if (!trace) return undefined;
    const abort = new AbortController();
    const body = { TraceIds: [route.id] };
    request<ServiceGraph>('POST', '/TraceGraph', body, abort.signal).then(
      // Omit the times: the numbers are those of one trace, not rates over a period.
      ({ Services = [] }) => setMap(toServiceMap({ Services })),
      (failure: Error) => !abort.signal.aborted && setProblem(failure),
    );
    return () => abort.abort();
  }, [route.id, trace?.revision]);

  if (!trace || !tree) {
    return error ? <NoTrace error={error} /> : <Skeleton label="Loading the trace…" />;
  }
  return (
    <div class={style.page}>
      <TraceHead trace={trace} tree={tree} current="map">
        <span class={style.traceControls}>
          <MapControls state={state} nodes={map?.nodes} />
        </span>
      </TraceHead>
      {map && map.nodes.length > 0 ? (
        <MapView map={map} state={state} range={{}} traceId={route.id} />
      ) : map ? (
        <Empty title="No service in this trace yet" />
      ) : problem ? (
        <Failure what="The map cannot be shown" error={problem} />
      ) : (
        <Skeleton label="Loading the map…" rows={4} />
      )}
    </div>
  );
}

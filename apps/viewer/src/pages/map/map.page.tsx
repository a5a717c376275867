import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { TraceQuery } from '../../api/client';
import { groups, type Group } from '../../api/groups';
import { useKeys } from '../../components/keys';
import { Empty, Failure, Skeleton } from '../../components/load-state';
import { Menu } from '../../components/menu';
import { useQuery } from '../../components/use-query';
import { useTitle } from '../../components/use-title';
import type { PageProps } from '../../page';
import { useMap } from './use-map';
import { MapControls, MapView, useMapState } from './view';
import style from './map.module.css';

const RANGES = [
  { value: '5', label: 'Last 5 min' },
  { value: '15', label: 'Last 15 min' },
  { value: '60', label: 'Last hour' },
  { value: '360', label: 'Last 6 hours' },
];
const DEFAULT_RANGE = '15';

/** Who calls whom, how often and how well, in the last minutes. */
export function MapPage(_: PageProps): JSX.Element {
  useTitle('Service map');
  const state = useMapState();
  const [query, setQuery] = useQuery(['minutes', 'group']);
  const minutes = RANGES.some(({ value }) => value === query.minutes)
    ? query.minutes
    : DEFAULT_RANGE;
  const all = useGroups();
  const group = query.group;
  const range = useMemo(
    (): TraceQuery => ({ ...lastMinutes(Number(minutes)), ...(group && { group }) }),
    [minutes, group],
  );
  const { map, error } = useMap(
    () => ({ ...lastMinutes(Number(minutes)), ...(group && { group }) }),
    `${minutes} ${group}`,
  );
  useKeys({ Escape: () => state.set({ sel: '' }) });
  return (
    <div class={style.page}>
      <div class={style.toolbar}>
        <h1>Service map</h1>
        <Menu
          label="Group"
          shown={`Group: ${group || 'All traces'}`}
          choices={[
            { value: '', label: 'All traces' },
            ...all.map(({ GroupName }) => ({ value: GroupName, label: GroupName })),
          ]}
          selected={group}
          onSelect={(value) => setQuery({ group: value })}
        />
        <Menu
          label="Time range"
          shown={RANGES.find(({ value }) => value === minutes)?.label}
          choices={RANGES}
          selected={minutes}
          onSelect={(value) => setQuery({ minutes: value === DEFAULT_RANGE ? '' : value })}
        />
        <span class="sp" />
        <MapControls state={state} />
      </div>
      {map && map.nodes.length > 0 ? (
        <MapView map={map} state={state} range={range} />
      ) : map ? (
        <Empty title="No calls in this period">
          <p class="t2">The map appears as soon as a trace arrives.</p>
          <p class="row">
            <a class="btn" href="/traces">
              Go to the traces
            </a>
          </p>
        </Empty>
      ) : error ? (
        <Failure what="The map cannot be shown" error={error} />
      ) : (
        <Skeleton label="Loading the map…" rows={4} />
      )}
    </div>
  );
}

/** Epoch seconds; a little beyond now, for clocks that run ahead. */
function lastMinutes(minutes: number): { start: number; end: number } {
  const now = Math.ceil(Date.now() / 1000);
  return { start: now - minutes * 60, end: now };
}

function useGroups(): Group[] {
  const [list, setList] = useState<Group[]>([]);
  useEffect(() => {
    // Without groups the map is whole all the same.
    groups.list().then(setList, () => undefined);
  }, []);
  return list;
}

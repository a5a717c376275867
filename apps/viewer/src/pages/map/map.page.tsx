import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api, type TraceQuery } from '../../api/client';
import { groups, type Group } from '../../api/groups';
import { useKeys } from '../../components/keys';
import { Menu } from '../../components/menu';
import { useQuery } from '../../components/use-query';
import { plural } from '../../model/format';
import { countNodes } from '../../model/graph/fold-stores';
import { toServiceMap, type ServiceGraph } from '../../model/graph/service-graph';
import { parseRange, rangeWords } from '../../model/list/time-range';
import type { PageProps } from '../../page';
import { contextHref } from '../../router';
import { OverviewPage } from '../shared/overview-page';
import { askedOf, isLive, SELECTION, UNDOABLE, type Selection } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';
import { MAP_KEYS, MapControls, MapView, useMapState } from './view';
import style from './map.module.css';
import loadState from '../../components/load-state.module.css';

/** The service map of the traces that match the filter in the range. */
export function MapPage(_: PageProps): JSX.Element {
  const state = useMapState();
  const [query, setQuery] = useQuery(SELECTION, UNDOABLE);
  const { filter, group } = query;
  const answer = useAnswer(
    async (signal) => {
      const asked = untilNow(query);
      return { asked, map: toServiceMap(await api.graph<ServiceGraph>(asked, signal)) };
    },
    [filter, group, query.range].join('\n'),
    isLive(query),
  );
  useKeys({ Escape: () => state.set({ sel: '' }) });
  return (
    <OverviewPage
      title="Service map"
      frame={style.page}
      selection={query}
      onChange={setQuery}
      answer={answer}
      kept={({ map }) => map.nodes.length}
      chips={
        <div class={style.toolbar}>
          <GroupMenu group={group} onGroup={(value) => setQuery({ group: value })} />
          <MapControls state={state} nodes={answer.data?.map.nodes} />
        </div>
      }
      keys={[['/', 'filter'], ...MAP_KEYS]}
      note={answer.data && plural(countNodes(answer.data.map), 'node')}
    >
      {({ asked, map }) =>
        map.nodes.length > 0 ? (
          <MapView map={map} state={state} range={asked} />
        ) : (
          <div class={loadState.message}>
            <h2>No calls {rangeWords(parseRange(query.range))}</h2>
            <p class="t2">
              {filter || group
                ? 'No trace of this period matches the filter. Choose a longer time, or change the filter.'
                : 'Choose a longer time. The map appears as soon as a trace arrives.'}
            </p>
            <p>
              <a class="btn" href={contextHref('/traces')}>
                Go to the traces
              </a>
            </p>
          </div>
        )
      }
    </OverviewPage>
  );
}

/** The query until now: traces from a clock that is ahead are outside the period that rates refer to. */
function untilNow(query: Selection): TraceQuery {
  return { end: Math.ceil(Date.now() / 1000), ...askedOf(query) };
}

function GroupMenu({
  group,
  onGroup,
}: {
  group: string;
  onGroup: (name: string) => void;
}): JSX.Element {
  const [list, setList] = useState<Group[]>([]);
  useEffect(() => {
    // If the groups cannot be loaded, the map is still shown.
    groups.list().then(setList, () => undefined);
  }, []);
  const choices = useMemo(
    () => [
      { value: '', label: 'All traces' },
      ...list.map(({ GroupName }) => ({ value: GroupName, label: GroupName })),
    ],
    [list],
  );
  return (
    <Menu
      label="Group"
      shown={`Group: ${group || 'All traces'}`}
      choices={choices}
      selected={group}
      onSelect={onGroup}
    />
  );
}

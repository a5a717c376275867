import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { useConnection, useStatusPart } from '../../api/live';
import { copyText } from '../../components/button';
import { copyPermalink } from '../../components/said';
import { useKeys } from '../../components/keys';
import { Failure, Skeleton } from '../../components/load-state';
import { useQuery } from '../../components/use-query';
import { and, annotationFilter } from '../../model/filter/filter-text';
import { type Brush, durationFilter, formatBrush, parseBrush } from '../../model/list/brush';
import { boundsOf, formatRange, parseRange, rangeWords } from '../../model/list/time-range';
import { statusOf } from '@nestjs-xray/trace';
import { formatSort, outcomeFilter, parseSort } from '../../model/list/trace-list';
import type { PageProps } from '../../page';
import { contextHref, navigate } from '../../router';
import { KeyBar } from '../shared/key-bar';
import { askedOf, isLive, PageControls, SELECTION, UNDOABLE } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';
import { MOST_POINTS } from './chart';
import { ChartOfRange } from './chart-of-range';
import { FirstStart } from './first-start';
import { Groups } from './groups';
import { LoadedLine } from './loaded-line';
import { ImportDialog } from './import-dialog';
import { NoMatch } from './no-match';
import { CountList } from './summary';
import { TraceTable } from './table';
import { Unreachable } from './unreachable';
import { useBrushCount } from './use-brush-count';
import { useScrollPlace } from './use-scroll-place';
import { useTraceList } from './use-trace-list';
import style from './summary.module.css';

const NAMES = [...SELECTION, 'sort', 'status', 'brush'] as const;
const STEPS = [...UNDOABLE, 'sort', 'status', 'brush'] as const;

const KEYS = [
  ['j k', 'row'],
  ['Enter', 'open'],
  ['n N', 'fault'],
  ['f', 'filter by this value'],
  ['b', 'select on the chart'],
  ['d', 'what is different'],
  ['t', 'time range'],
  ['/', 'filter'],
] as const;

export function TracesPage(_: PageProps): JSX.Element {
  const [query, setQuery] = useQuery(NAMES, STEPS);
  const { filter, group } = query;
  const range = useMemo(() => parseRange(query.range), [query.range]);
  const sort = useMemo(() => parseSort(query.sort), [query.sort]);
  const fixed = 'to' in range;
  const paused = !isLive(query);
  const [current, setCurrent] = useState(-1);
  const [importing, setImporting] = useState(false);
  const body = useRef<HTMLDivElement>(null);
  const over = useRef(false);
  const lost = useConnection().state === 'lost';
  const noneKept = useStatusPart((status) => status?.traces === 0);

  // Rows must not move under the pointer, under the keyboard, or when the page is scrolled down.
  const hold = useCallback(
    () =>
      paused ||
      over.current ||
      (body.current?.contains(document.activeElement) ?? false) ||
      (body.current?.getBoundingClientRect().top ?? 0) < 0,
    [paused],
  );
  const { status } = query;
  const list = useTraceList({ range, rangeKey: query.range, filter, group, sort, status }, hold);
  const { rows } = list;
  const many = list.matching > MOST_POINTS;
  const overview = useAnswer(
    (signal) =>
      many
        ? api.overview({ ...askedOf(query), filter: and(filter, outcomeFilter(status)) }, signal)
        : Promise.resolve(undefined),
    [query.range, filter, group, status, many].join('\n'),
    many && !paused,
  ).data;
  const brush = useMemo(() => parseBrush(query.brush), [query.brush]);
  const took = brush ? durationFilter(brush, many ? 'duration' : 'responsetime') : '';
  const counted = useBrushCount(query, many ? brush : undefined, and(outcomeFilter(status), took));
  const bounds = (): { start?: number; end?: number } => boundsOf(range, Date.now() / 1000);
  const releaseIfFree = (): void => {
    if (list.held > 0 && !hold()) list.release();
  };
  useEffect(() => {
    document.title = 'Traces · Local X-Ray';
  }, []);
  useEffect(() => {
    const listener = (): void => releaseIfFree();
    window.addEventListener('scroll', listener, { passive: true });
    document.addEventListener('focusout', listener);
    return () => {
      window.removeEventListener('scroll', listener);
      document.removeEventListener('focusout', listener);
    };
  });
  useScrollPlace(list.loaded);
  useKeys({
    j: () => setCurrent(Math.min(current + 1, rows.length - 1)),
    k: () => setCurrent(Math.max(current - 1, 0)),
    n: () => setCurrent(nextTrouble(current, 1)),
    N: () => setCurrent(nextTrouble(current, -1)),
    y: () => copyPermalink(copyText),
    d: () => navigate(differentHref(status, brush, took) ?? contextHref('/compare')),
    f: () => {
      const [key, value] =
        Object.entries(rows[current]?.annotations ?? {}).find(([name]) => name !== 'http_route') ??
        [];
      if (key !== undefined && value !== undefined)
        setQuery({ filter: and(filter, annotationFilter(key, value)) });
    },
    Escape: () => {
      setCurrent(-1);
      (document.activeElement as HTMLElement | null)?.blur();
    },
  });
  const nextTrouble = (from: number, step: 1 | -1): number => {
    for (let count = 1; count <= rows.length; count++) {
      const at = (from + step * count + rows.length * 2) % rows.length;
      const row = rows[at];
      if (row && statusOf(row) !== 'ok') return at;
    }
    return from;
  };

  const nothingYet = list.loaded && noneKept && list.rows.length === 0 && !filter && !group;
  return (
    <>
      <h1 class="vh">Traces</h1>
      {lost && <Unreachable kept={list.rows.length} />}
      {nothingYet && !lost ? (
        <FirstStart onImport={() => setImporting(true)} />
      ) : (
        <>
          <PageControls
            selection={query}
            problem={list.problem}
            onChange={(change) => {
              setQuery('range' in change ? { ...change, brush: undefined } : change);
              if (change.filter === filter) list.reload();
              if ('live' in change && !change.live) list.release();
            }}
          />
          <Groups
            group={group}
            filter={filter}
            bounds={bounds}
            rangeKey={query.range}
            known={list.loaded && !filter ? { [group]: list.counts.total } : {}}
            counted={filter ? undefined : group}
            onGroup={(name) => setQuery({ group: name })}
            onImport={() => setImporting(true)}
          />
          <section class={style.summary} aria-label="Summary">
            <CountList
              counts={list.loaded ? list.counts : undefined}
              status={query.status}
              onStatus={(next) => setQuery({ status: next })}
            />
            <ChartOfRange
              rows={rows}
              many={many}
              partial={list.filling}
              overview={many ? overview : undefined}
              range={range}
              brush={brush}
              counted={counted}
              onBrush={(next) => setQuery({ brush: formatBrush(next) })}
              different={differentHref(status, brush, took)}
              onZoom={({ from, to }) =>
                setQuery({
                  ...(took && { filter: and(filter, took) }),
                  ...(from !== undefined &&
                    to !== undefined && { range: formatRange({ from, to }) }),
                  brush: undefined,
                })
              }
            />
          </section>
          {list.loaded && <LoadedLine list={list} sort={sort} />}
          {list.error && !lost && list.rows.length === 0 ? (
            <Failure what="The traces cannot be shown" error={list.error} />
          ) : !list.loaded ? (
            !lost && <Skeleton label="Loading traces…" />
          ) : rows.length === 0 && !lost ? (
            <NoMatch
              filter={query.status ? and(list.shownFilter, query.status) : list.shownFilter}
              group={group}
              bounds={bounds}
              when={rangeWords(range)}
              allTime={query.range === 'all'}
              onFilter={(next) =>
                setQuery({
                  filter: next,
                  status: undefined,
                  ...(next === '' && { group: undefined }),
                })
              }
              onAllTime={() => setQuery({ range: 'all', brush: undefined })}
            />
          ) : (
            <TraceTable
              rows={rows}
              sort={sort}
              onSort={(next) => setQuery({ sort: formatSort(next) })}
              current={current}
              onCurrent={setCurrent}
              held={list.held}
              paused={paused && !fixed}
              onRelease={list.release}
              body={body}
              onPointer={(inside) => {
                over.current = inside;
                releaseIfFree();
              }}
            />
          )}
          <KeyBar keys={KEYS} />
        </>
      )}
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
    </>
  );
}

/** The address of the comparison of the selected traces with the rest. */
function differentHref(status: string, brush: Brush | undefined, took: string): string | undefined {
  if (!brush && !status) return undefined;
  const a = and(status && outcomeFilter(status), took);
  return contextHref('/compare', { with: a, since: brush?.from, until: brush?.to });
}

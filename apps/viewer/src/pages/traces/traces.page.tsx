import type { JSX } from 'preact';
import { useCallback, useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { useConnection, useStatusPart } from '../../api/live';
import { useNow } from '../../api/use-trace';
import { copyText } from '../../components/button';
import { copyPermalink } from '../../components/said';
import { useKeys } from '../../components/keys';
import { Failure, Skeleton } from '../../components/load-state';
import { useQuery } from '../../components/use-query';
import { and, annotationFilter } from '../../model/filter/filter-text';
import { boundsOf, formatRange, parseRange } from '../../model/list/time-range';
import { statusOf } from '@nestjs-xray/trace';
import { formatSort, outcomeFilter, parseSort } from '../../model/list/trace-list';
import type { PageProps } from '../../page';
import { contextHref } from '../../router';
import { askedOf, isLive, PageControls, SELECTION, UNDOABLE } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';
import type { Brush } from './brush';
import { Chart } from './chart';
import { FirstStart } from './first-start';
import { Groups } from './groups';
import { LoadedLine } from './loaded-line';
import { ImportDialog } from './import-dialog';
import { NoMatch } from './no-match';
import { CountList } from './summary';
import { TraceTable } from './table';
import { Unreachable } from './unreachable';
import { useTraceList } from './use-trace-list';
import './traces.css';

/** More traces than that are a heat map and not points. */
const MOST_POINTS = 2_000;

const NAMES = [...SELECTION, 'sort', 'status', 'brush'] as const;
const STEPS = [...UNDOABLE, 'sort', 'status', 'brush'] as const;

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

  // Rows stay where they are under the pointer, under the keyboard, and once scrolled away from the top.
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
            onGroup={(name) => setQuery({ group: name })}
            onImport={() => setImporting(true)}
          />
          <section class="sum" aria-label="Summary">
            <CountList
              counts={list.loaded ? list.counts : undefined}
              status={query.status}
              onStatus={(next) => setQuery({ status: next })}
            />
            <ChartOf
              list={rows}
              overview={many ? overview : undefined}
              range={range}
              brush={parseBrush(query.brush)}
              onBrush={(brush) => setQuery({ brush: brush && formatRange(brush) })}
              different={differentHref(query)}
              onZoom={(brush) => setQuery({ range: formatRange(brush), brush: undefined })}
            />
          </section>
          {list.loaded && <LoadedLine list={list} sort={sort} />}
          {list.error && !lost && list.rows.length === 0 ? (
            <Failure what="The traces cannot be shown" error={list.error} />
          ) : !list.loaded ? (
            !lost && <Skeleton label="Reading traces…" />
          ) : rows.length === 0 && !lost ? (
            <NoMatch
              filter={query.status ? and(list.shownFilter, query.status) : list.shownFilter}
              group={group}
              bounds={bounds}
              when={whenOf(query.range)}
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
        </>
      )}
      {importing && <ImportDialog onClose={() => setImporting(false)} />}
    </>
  );
}

/** Keeps in the history entry how far the page is scrolled, for Back and for a reload. */
function useScrollPlace(loaded: boolean): void {
  useEffect(() => {
    if (!loaded) return undefined;
    const place = (history.state as { scroll?: number } | null)?.scroll;
    // Once the rows have given the page its height.
    const frame = requestAnimationFrame(() => place && window.scrollTo(0, place));
    let timer: ReturnType<typeof setTimeout>;
    const note = (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        const state = history.state as object | null;
        history.replaceState({ ...state, scroll: window.scrollY }, '');
      }, 200);
    };
    window.addEventListener('scroll', note, { passive: true });
    return () => {
      cancelAnimationFrame(frame);
      clearTimeout(timer);
      window.removeEventListener('scroll', note);
    };
  }, [loaded]);
}

/** The axis ends now while live, at the end of a fixed range, at the newest trace of all time. */
function ChartOf({
  list,
  range,
  ...rest
}: {
  list: Parameters<typeof Chart>[0]['rows'];
  overview: Parameters<typeof Chart>[0]['overview'];
  range: ReturnType<typeof parseRange>;
  brush: Brush | undefined;
  onBrush: (brush: Brush | undefined) => void;
  onZoom: (brush: Brush) => void;
  different: string | undefined;
}): JSX.Element {
  // So often that a step of the axis is hardly a pixel.
  const step = 'to' in range || !Number.isFinite(range.last) ? 1 : Math.max(1, range.last / 300);
  const now = useNow(!('to' in range) && Number.isFinite(range.last), step * 1000);
  if ('to' in range) return <Chart rows={list} from={range.from} to={range.to} {...rest} />;
  // Traces from a clock that is ahead of ours lie beyond the end: they must not stretch the axis.
  if (Number.isFinite(range.last))
    return <Chart rows={list} from={now - range.last} to={now} {...rest} />;
  const { overview } = rest;
  const starts = list.map((row) => row.start).filter((start) => start <= now);
  const newest = overview
    ? Math.min(now, overview.from + overview.width * overview.slots)
    : starts.reduce((a, b) => Math.max(a, b), starts[0] ?? now);
  const oldest = overview?.from ?? starts.reduce((a, b) => Math.min(a, b), starts[0] ?? now - 900);
  const edge = Math.max((newest - oldest) * 0.02, 1);
  return <Chart rows={list} from={oldest - edge} to={newest + edge} {...rest} />;
}

/** What the brushed or chosen traces have more often than the rest. */
function differentHref({ status, brush }: { status: string; brush: string }): string | undefined {
  const part = parseBrush(brush);
  if (!part && !status) return undefined;
  return contextHref('/compare', {
    with: status,
    ...(part && { since: part.from, until: part.to }),
  });
}

function parseBrush(text: string): Brush | undefined {
  if (!text) return undefined;
  const range = parseRange(text);
  return 'to' in range ? range : undefined;
}

function whenOf(range: string): string {
  const parsed = parseRange(range);
  if ('to' in parsed) return 'in this part of time';
  if (!Number.isFinite(parsed.last)) return 'in all the time that is kept';
  const words = {
    300: '5 minutes',
    900: '15 minutes',
    3600: 'hour',
    21600: '6 hours',
    86400: '24 hours',
  };
  return `in the last ${words[parsed.last as keyof typeof words] ?? '7 days'}`;
}

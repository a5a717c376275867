import type { Differences, DifferentValue } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { useKeys } from '../../components/keys';
import { Failure, Skeleton } from '../../components/load-state';
import { useQuery } from '../../components/use-query';
import { and } from '../../model/filter/filter-text';
import { count, plural, shareFigure, three } from '../../model/format';
import { whenOf } from '../../model/list/when';
import { contextHref, navigate } from '../../router';
import { KeyBar } from '../shared/key-bar';
import shared from '../shared/overview.module.css';
import { askedOf, isLive, PageControls, SELECTION } from '../shared/page-controls';
import { useAnswer } from '../shared/use-answer';
import style from './differs.module.css';

const NAMES = [...SELECTION, 'with', 'since', 'until', 'against'] as const;

interface Row extends DifferentValue {
  attribute: string;
}

/** What some traces have more often than the rest, or than others: one row for each attribute. */
export function DiffersPage(): JSX.Element {
  const [query, setQuery] = useQuery(NAMES);
  const { with: a, since, until, against } = query;
  const [current, setCurrent] = useState(0);
  const { data, problem, error } = useAnswer(
    (signal) =>
      api.differences(
        {
          ...askedOf(query),
          a,
          ...(since && { aStart: Number(since) }),
          ...(until && { aEnd: Number(until) }),
          ...(against && { b: against }),
        },
        signal,
      ),
    [query.filter, query.group, query.range, a, since, until, against].join('\n'),
    isLive(query),
  );
  useEffect(() => {
    document.title = 'What is different? · Local X-Ray';
  }, []);
  const rows = useMemo(() => rowsOf(data), [data]);
  const onlyThese = (row: Row | undefined): void => {
    if (row) navigate(contextHref('/traces', { filter: and(and(query.filter, a), row.filter) }));
  };
  const leaveOut = (row: Row | undefined): void => {
    if (row) setQuery({ filter: and(query.filter, `NOT (${row.filter})`) });
  };
  useKeys({
    j: () => setCurrent(Math.min(current + 1, rows.length - 1)),
    k: () => setCurrent(Math.max(current - 1, 0)),
    Enter: () => onlyThese(rows[current]),
    x: () => leaveOut(rows[current]),
    v: () => against && setQuery({ with: against, against: a }),
  });
  const selected = [a, since && `since ${whenOf(Number(since))}`].filter(Boolean).join(', ');
  return (
    <>
      <h1 class="vh">What is different?</h1>
      <PageControls selection={query} problem={problem} onChange={(change) => setQuery(change)} />
      <div class={shared.chipRow}>
        <span class={shared.chipLabel}>
          <code>{selected}</code> against {against ? <code>{against}</code> : 'the rest'}
        </span>
        <a class={`btn ${shared.push}`} href="/compare">
          Compare two traces
        </a>
      </div>
      {error && !data ? (
        <Failure what="The differences cannot be shown" error={error} />
      ) : !data ? (
        problem ? null : (
          <Skeleton label="Comparing traces…" />
        )
      ) : (
        <>
          <Sentence data={data} rows={rows} />
          <DifferenceTable
            data={data}
            rows={rows}
            current={current}
            onCurrent={setCurrent}
            onlyThese={onlyThese}
            leaveOut={leaveOut}
          />
          <p class={style.note}>
            {data.same.length > 0 && `No difference in ${data.same.join(', ')}. `}
            {data.a.looked < data.a.count || data.b.looked < data.b.count
              ? `Shares are of ${count(data.a.looked)} of ${count(data.a.count)} and of ${count(data.b.looked)} of ${count(data.b.count)} traces, evenly spread.`
              : ''}
          </p>
        </>
      )}
      <KeyBar
        keys={[
          ['j k', 'row'],
          ['Enter', 'only these'],
          ['x', 'leave out'],
          ['v', 'swap sides'],
          ['/', 'filter'],
        ]}
      >
        ranked by difference in share; lift = share here ÷ share elsewhere
      </KeyBar>
    </>
  );
}

/** The value that differs most of each attribute, where the selection has it more often. */
function rowsOf(data: Differences | undefined): Row[] {
  if (!data) return [];
  const { a, b } = data;
  return data.attributes.flatMap(({ name, values }) => {
    const value = values.find(
      (each) => each.a / Math.max(1, a.looked) > each.b / Math.max(1, b.looked),
    );
    return value ? [{ attribute: name, ...value }] : [];
  });
}

function Sentence({ data, rows }: { data: Differences; rows: readonly Row[] }): JSX.Element {
  const { a, b } = data;
  const [first] = rows;
  return (
    <div class={style.sentence}>
      <span>
        <b>{plural(a.count, 'trace')}</b> against <b>{count(b.count)}</b>.{' '}
        {first ? (
          <>
            Most of all <b>{first.attribute.replace(/^annotation\./, '')}</b>{' '}
            <b>
              <bdi>{first.value}</bdi>
            </b>
            : {shareFigure(first.a, a.looked)} % of the selection, {shareFigure(first.b, b.looked)}{' '}
            % of the others.
          </>
        ) : a.count === 0 ? (
          'No trace is in the selection: choose a longer range.'
        ) : (
          'Nothing that is indexed differs by more than five points.'
        )}
      </span>
    </div>
  );
}

function DifferenceTable({
  data: { a, b },
  rows,
  current,
  onCurrent,
  onlyThese,
  leaveOut,
}: {
  data: Differences;
  rows: readonly Row[];
  current: number;
  onCurrent: (at: number) => void;
  onlyThese: (row: Row) => void;
  leaveOut: (row: Row) => void;
}): JSX.Element {
  return (
    <div class={shared.tableWrap}>
      <table class={`${shared.table} ${style.table}`} aria-label="Differences">
        <colgroup>
          <col />
          <col class={style.colBars} />
          <col class={style.colCount} />
          <col class={style.colCount} />
          <col class={`${style.colCount} ${style.colLift}`} />
          <col class={style.colActions} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Differs most</th>
            <th scope="col">Share, %: selection, others</th>
            <th scope="col" class="num">
              Selection
            </th>
            <th scope="col" class="num">
              Others
            </th>
            <th scope="col" class={`num ${style.cellLift}`}>
              Lift
            </th>
            <th scope="col">
              <span class="vh">Filter</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => {
            const [here, rest] = [row.a / Math.max(1, a.looked), row.b / Math.max(1, b.looked)];
            return (
              <tr
                key={row.attribute}
                class={at === current ? shared.current : undefined}
                onClick={() => onCurrent(at)}
              >
                <td class={style.cellValue}>
                  <div class={`cut ${style.name}`}>{row.attribute}</div>
                  <div class={`cut ${style.value}`}>
                    <bdi>{row.value}</bdi>
                  </div>
                </td>
                <td class={style.cellBars}>
                  <div class={style.pair}>
                    <i class={style.a} style={{ width: `${here * 100}%` }} />
                    <b class={`num ${shared.strong}`}>{shareFigure(here, 1)}</b>
                    <i class={style.b} style={{ width: `${rest * 100}%` }} />
                    <span class="num t2">{shareFigure(rest, 1)}</span>
                  </div>
                </td>
                <td class={`num ${style.cellCount}`}>{count(row.a)}</td>
                <td class={`num t2 ${style.cellCount}`}>{count(row.b)}</td>
                <td class={`num ${style.cellLift}`}>
                  {row.b === 0 ? 'only here' : <b>{three(here / rest)} ×</b>}
                </td>
                <td class={style.cellActions}>
                  <button type="button" class="btn" onClick={() => onlyThese(row)}>
                    Only these
                  </button>{' '}
                  <button type="button" class="btn quiet" onClick={() => leaveOut(row)}>
                    Leave out
                  </button>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

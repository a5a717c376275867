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
import { askedOf, isLive, PageControls, SELECTION, UNDOABLE } from '../shared/page-controls';
import { TwoFilters, useFilterProblem } from './sides';
import { TwoBuilds } from './two-builds';
import { useAnswer } from '../shared/use-answer';
import style from './differs.module.css';

const SIDES = ['with', 'since', 'until', 'against', 'sides', 'build'] as const;
const NAMES = [...SELECTION, ...SIDES] as const;
const STEPS = [...UNDOABLE, ...SIDES] as const;

interface Row extends DifferentValue {
  attribute: string;
  /** Whether the selection has it more often, not the others. */
  here: boolean;
}

/** What some traces have more often than the rest, or than others: one row for each attribute. */
export function DiffersPage(): JSX.Element {
  const [query, setQuery] = useQuery(NAMES, STEPS);
  const { with: a, since, until, against } = query;
  const part = since !== '' || until !== '';
  const sides = query.sides || (against && !part ? 'filters' : '');
  // Two builds are two; one filter is compared with the rest.
  const whole = part || (a !== '' && (sides !== 'builds' || against !== ''));
  const ownProblem = useFilterProblem(query.filter);
  const [current, setCurrent] = useState(0);
  const { data, problem, error } = useAnswer(
    (signal) =>
      whole
        ? api.differences(
            {
              ...askedOf(query),
              a,
              ...(since && { aStart: Number(since) }),
              ...(until && { aEnd: Number(until) }),
              ...(against && { b: against }),
            },
            signal,
          )
        : Promise.resolve(undefined),
    [query.filter, query.group, query.range, a, since, until, against, whole].join('\n'),
    whole && isLive(query),
  );
  useEffect(() => {
    document.title = 'What is different? · Local X-Ray';
  }, []);
  const rows = useMemo(() => rowsOf(data), [data]);
  const onlyThese = (row: Row | undefined): void => {
    if (!row) return;
    const side = row.here ? a : against || (a && `NOT (${a})`);
    const range = row.here && since && until ? `${since}-${until}` : query.range;
    navigate(contextHref('/traces', { filter: and(and(query.filter, side), row.filter), range }));
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
      <PageControls
        selection={query}
        problem={ownProblem}
        onChange={(change) => setQuery(change)}
      />
      <div class={shared.chipRow}>
        <div class={shared.chips} role="group" aria-label="What to compare">
          <span class={shared.chipLabel}>Compare</span>
          {(a !== '' || part) && (
            <button
              type="button"
              class="btn"
              aria-pressed={sides === ''}
              onClick={() => setQuery({ sides: undefined, against: undefined })}
            >
              Selection and rest
            </button>
          )}
          {(['filters', 'builds'] as const).map((each) => (
            <button
              key={each}
              type="button"
              class="btn"
              aria-pressed={sides === each}
              onClick={() =>
                setQuery({
                  sides: each,
                  since: undefined,
                  until: undefined,
                  ...(each === 'builds' && { with: undefined, against: undefined }),
                })
              }
            >
              Two {each}
            </button>
          ))}
          <a class="btn" href="/compare">
            Two traces
          </a>
        </div>
        {sides === '' && (
          <span class={`${shared.chipLabel} ${shared.push}`}>
            <code>{selected}</code> against the rest
          </span>
        )}
      </div>
      {sides === 'filters' && (
        <TwoFilters selection={query} with={a} against={against} onChange={setQuery} />
      )}
      {sides === 'builds' && (
        <TwoBuilds
          with={a}
          against={against}
          annotation={query.build}
          onAnnotation={(build) => setQuery({ build, with: undefined, against: undefined })}
          onChange={setQuery}
        />
      )}
      {error && !data ? (
        <Failure what="The differences cannot be shown" error={error} />
      ) : !whole ? (
        <p class={style.note}>
          {sides === 'builds'
            ? 'Choose two builds: what one has more often than the other is listed here.'
            : 'Write a filter for the selection. Without one for the others it is compared with the rest.'}
        </p>
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

/** The value that differs most of each attribute: one that the selection has more often, if there is any. */
function rowsOf(data: Differences | undefined): Row[] {
  if (!data) return [];
  const { a, b } = data;
  return data.attributes.flatMap(({ name, values }) => {
    const more = values.find(
      (each) => each.a / Math.max(1, a.looked) > each.b / Math.max(1, b.looked),
    );
    const value = more ?? values[0];
    return value ? [{ attribute: name, here: more !== undefined, ...value }] : [];
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
                  {row.b === 0 ? (
                    'only here'
                  ) : row.a === 0 ? (
                    'only there'
                  ) : (
                    <b>{three(here / rest)} ×</b>
                  )}
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

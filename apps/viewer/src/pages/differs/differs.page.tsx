import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { useKeys } from '../../components/keys';
import { Failure, Skeleton } from '../../components/load-state';
import { useQuery } from '../../components/use-query';
import { and } from '../../model/filter/filter-text';
import { count } from '../../model/format';
import { whenOf } from '../../model/list/when';
import { contextHref, navigate } from '../../router';
import { KeyBar } from '../shared/key-bar';
import shared from '../shared/overview.module.css';
import { askedOf, isLive, PageControls, SELECTION, UNDOABLE } from '../shared/page-controls';
import { DifferenceTable } from './difference-table';
import { rowsOf, type DifferenceRow } from './difference-row';
import { Sentence } from './sentence';
import { TwoFilters, useFilterProblem } from './sides';
import { TwoBuilds } from './two-builds';
import { useAnswer } from '../shared/use-answer';
import style from './differs.module.css';

const SIDES = ['with', 'since', 'until', 'against', 'sides', 'build'] as const;
const NAMES = [...SELECTION, ...SIDES] as const;
const STEPS = [...UNDOABLE, ...SIDES] as const;

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
  const onlyThese = (row: DifferenceRow | undefined): void => {
    if (!row) return;
    const side = row.here ? a : against || (a && `NOT (${a})`);
    const range = row.here && since && until ? `${since}-${until}` : query.range;
    navigate(contextHref('/traces', { filter: and(and(query.filter, side), row.filter), range }));
  };
  const leaveOut = (row: DifferenceRow | undefined): void => {
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

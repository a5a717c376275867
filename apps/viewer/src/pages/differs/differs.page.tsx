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
import { Split } from '../shared/overview-page';
import { askedOf, isLive, PageControls, SELECTION, UNDOABLE } from '../shared/page-controls';
import { DifferenceTable } from './difference-table';
import { rowsOf, type DifferenceRow } from './difference-row';
import { SelectionChart } from './selection-chart';
import { Sentence } from './sentence';
import { TwoFilters, useFilterProblem } from './sides';
import { TwoBuilds } from './two-builds';
import { ValuesPanel } from './values-panel';
import { useAnswer } from '../shared/use-answer';
import style from './differs.module.css';

const SIDES = ['with', 'since', 'until', 'against', 'sides', 'build'] as const;
const NAMES = [...SELECTION, ...SIDES] as const;
const STEPS = [...UNDOABLE, ...SIDES] as const;

const CHOICES = [
  ['selection', 'Selection and rest'],
  ['filters', 'Two filters'],
  ['builds', 'Two builds'],
] as const;
type Sides = (typeof CHOICES)[number][0];

/** What the user should do while there is nothing to compare. */
const TO_DO: Record<Sides, string> = {
  selection:
    'Drag over the chart to select traces: this page then lists what they have more often than the others.',
  filters:
    'Write a filter for the selection. Without a filter for the others, it is compared with all other traces.',
  builds: 'Choose two builds: this page then lists what one has more often than the other.',
};

/** Compares a selection of traces with the others, or with another selection. One row per attribute. */
export function DiffersPage(): JSX.Element {
  const [query, setQuery] = useQuery(NAMES, STEPS);
  const { with: a, since, until, against } = query;
  const part = since !== '' || until !== '';
  const sides = query.sides || (against && !part ? 'filters' : 'selection');
  // Comparing builds needs two of them. A single filter is compared with all other traces.
  const isReady = part || (a !== '' && (sides !== 'builds' || against !== ''));
  const ownProblem = useFilterProblem(query.filter);
  const [current, setCurrent] = useState(0);
  const [open, setOpen] = useState(true);
  const [picks, setPicks] = useState(0);
  const { data, problem, error } = useAnswer(
    (signal) =>
      isReady
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
    [query.filter, query.group, query.range, a, since, until, against, isReady].join('\n'),
    isReady && isLive(query),
  );
  useEffect(() => {
    document.title = 'What is different? · Local X-Ray';
  }, []);
  const rows = useMemo(() => rowsOf(data), [data]);
  const row = rows[Math.min(current, rows.length - 1)];
  const choose = (at: number): void => {
    setCurrent(Math.max(0, Math.min(at, rows.length - 1)));
    setPicks(picks + 1);
    setOpen(true);
  };
  const onlyThese = (row: DifferenceRow): string => {
    const side = row.here ? a : against || (a && `NOT (${a})`);
    const range = row.here && since && until ? `${since}-${until}` : query.range;
    return contextHref('/traces', { filter: and(and(query.filter, side), row.filter), range });
  };
  const leaveOut = (row: DifferenceRow | undefined): void => {
    if (row) setQuery({ filter: and(query.filter, `NOT (${row.filter})`) });
  };
  useKeys({
    j: () => choose(current + 1),
    k: () => choose(current - 1),
    Enter: () => rows[current] && navigate(onlyThese(rows[current])),
    x: () => leaveOut(rows[current]),
    Escape: () =>
      sides === 'selection' &&
      (part || a !== '') &&
      setQuery({ with: undefined, since: undefined, until: undefined, sides }),
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
          {CHOICES.map(([each, label]) => (
            <button
              key={each}
              type="button"
              class="btn"
              aria-pressed={sides === each}
              onClick={() => setQuery(choice(each))}
            >
              {label}
            </button>
          ))}
          <a class="btn" href="/compare">
            Two traces
          </a>
        </div>
        {sides === 'selection' && isReady && (
          <span class={`${shared.chipLabel} ${shared.push}`}>
            <code>{selected}</code> against the rest
          </span>
        )}
      </div>
      {sides === 'selection' && (
        <SelectionChart
          selection={query}
          selected={query}
          counted={data?.a.count}
          onChange={setQuery}
        />
      )}
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
      ) : !isReady ? (
        <p class={style.note}>{TO_DO[sides as Sides] ?? TO_DO.selection}</p>
      ) : !data ? (
        problem ? null : (
          <Skeleton label="Comparing traces…" />
        )
      ) : (
        <>
          <Sentence data={data} rows={rows} hrefOf={onlyThese} />
          <Split
            label="Differences"
            list={
              <DifferenceTable
                data={data}
                rows={rows}
                current={current}
                onCurrent={choose}
                onlyThese={(row) => navigate(onlyThese(row))}
                leaveOut={leaveOut}
              />
            }
            title={row && <b class="cut">{row.attribute}</b>}
            picks={picks}
            panel={
              row && open && <ValuesPanel data={data} row={row} onClose={() => setOpen(false)} />
            }
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
          ['b', 'select on the chart'],
          ['v', 'swap sides'],
          ['Esc', 'clear'],
          ['/', 'filter'],
        ]}
      >
        ranked by difference in share; lift = share here ÷ share elsewhere
      </KeyBar>
    </>
  );
}

/** The query of the address when the user chooses what to compare. */
function choice(sides: Sides): Partial<Record<(typeof SIDES)[number], string | undefined>> {
  if (sides === 'selection') return { sides, against: undefined };
  const timeless = { sides, since: undefined, until: undefined };
  return sides === 'builds' ? { ...timeless, with: undefined, against: undefined } : timeless;
}

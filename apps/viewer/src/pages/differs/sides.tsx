import type { FilterProblem } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, filterProblem } from '../../api/client';
import { askedOf, type Selection } from '../shared/page-controls';
import { FilterBar } from '../traces/filter-bar';
import style from './differs.module.css';

export interface SideProps {
  with: string;
  against: string;
  onChange: (change: { with?: string; against?: string }) => void;
}

/** A filter, and another one to compare with. Without that one, all other traces are compared. */
export function TwoFilters({
  selection,
  onChange,
  ...sides
}: SideProps & { selection: Selection }): JSX.Element {
  return (
    <div class={style.sides} role="group" aria-label="Two filters">
      {(['with', 'against'] as const).map((side) => (
        <Side
          key={side}
          label={side === 'with' ? 'Selection' : 'Others'}
          filter={sides[side]}
          selection={selection}
          onRun={(filter) => onChange({ [side]: filter })}
        />
      ))}
    </div>
  );
}

function Side({
  label,
  filter,
  selection,
  onRun,
}: {
  label: string;
  filter: string;
  selection: Selection;
  onRun: (filter: string) => void;
}): JSX.Element {
  const field = useRef<HTMLInputElement>(null);
  const problem = useFilterProblem(filter);
  return (
    <div class={style.side}>
      <b>
        <i class={label === 'Selection' ? style.a : style.b} /> {label}
      </b>
      <FilterBar
        label={`${label}: filter expression`}
        filter={filter}
        problem={problem}
        onRun={onRun}
        field={field}
        bounds={() => askedOf(selection)}
      />
    </div>
  );
}

/** What is wrong with this filter alone. In joined filters, the position of the problem would differ. */
export function useFilterProblem(filter: string): FilterProblem | undefined {
  const [problem, setProblem] = useState<FilterProblem>();
  useEffect(() => {
    const abort = new AbortController();
    setProblem(undefined);
    if (filter) {
      // Search only the last second: what matters is whether the filter is valid, not what it finds.
      const asked = { filter, start: Date.now() / 1000 - 1, limit: 1 };
      api.traces(asked, abort.signal).catch((error: unknown) => {
        if (!abort.signal.aborted) setProblem(filterProblem(error));
      });
    }
    return () => abort.abort();
  }, [filter]);
  return problem;
}

import type { FilterProblem } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { api, filterProblem } from '../../api/client';
import { type Choice, Menu } from '../../components/menu';
import { annotationFilter } from '../../model/filter/filter-text';
import { count } from '../../model/format';
import { askedOf, type Selection } from '../shared/page-controls';
import { FilterBar } from '../traces/filter-bar';
import style from './differs.module.css';

interface SideProps {
  with: string;
  against: string;
  onChange: (change: { with?: string; against?: string }) => void;
}

/** A filter, and another one it is compared with; without that, the rest. */
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

/** What is wrong with one filter alone: in several that are joined, the place would be another. */
export function useFilterProblem(filter: string): FilterProblem | undefined {
  const [problem, setProblem] = useState<FilterProblem>();
  useEffect(() => {
    const abort = new AbortController();
    setProblem(undefined);
    if (filter) {
      // Of the last second: whether it is right, not what it finds.
      const asked = { filter, start: Date.now() / 1000 - 1, limit: 1 };
      api.traces(asked, abort.signal).catch((error: unknown) => {
        if (!abort.signal.aborted) setProblem(filterProblem(error));
      });
    }
    return () => abort.abort();
  }, [filter]);
  return problem;
}

/** Two values of the annotation that tells builds apart: the newer one against the older one. */
export function TwoBuilds({
  annotation,
  onAnnotation,
  onChange,
  ...sides
}: SideProps & {
  /** Its key; that which looks most like a version without one. */
  annotation: string;
  onAnnotation: (key: string) => void;
}): JSX.Element {
  const [keys, setKeys] = useState<string[]>();
  const key = annotation || (keys?.find(isVersion) ?? keys?.[0] ?? '');
  const [builds, setBuilds] = useState<Choice[]>([]);
  useEffect(() => {
    const abort = new AbortController();
    api.annotationKeys(abort.signal).then(
      ({ values }) => setKeys(values.map(({ value }) => String(value))),
      () => undefined,
    );
    return () => abort.abort();
  }, []);
  useEffect(() => {
    if (!key) return undefined;
    const abort = new AbortController();
    api.annotationValues(key, abort.signal).then(
      ({ values }) =>
        setBuilds(
          values
            .map(({ value, count: traces }) => ({
              value: annotationFilter(key, value),
              label: `${String(value)} (${count(traces)})`,
            }))
            .sort((a, b) => b.label.localeCompare(a.label, undefined, { numeric: true })),
        ),
      () => undefined,
    );
    return () => abort.abort();
  }, [key]);
  if (keys?.length === 0) {
    return (
      <p class={style.note}>
        No trace has an annotation, such as app_version, to tell builds apart.
      </p>
    );
  }
  const shown = (filter: string): string =>
    builds.find(({ value }) => value === filter)?.label ?? (filter || 'Choose…');
  return (
    <div class={style.builds} role="group" aria-label="Two builds">
      <Menu
        label="Annotation that names the build"
        shown={key}
        choices={(keys ?? []).map((each) => ({ value: each, label: each }))}
        selected={key}
        onSelect={onAnnotation}
      />
      {(['with', 'against'] as const).map((side) => (
        <span key={side} class={style.build}>
          <i class={side === 'with' ? style.a : style.b} />
          <Menu
            label={side === 'with' ? 'Selection: build' : 'Others: build'}
            shown={shown(sides[side])}
            choices={builds}
            selected={sides[side]}
            onSelect={(value) => onChange({ [side]: value })}
          />
        </span>
      ))}
    </div>
  );
}

function isVersion(key: string): boolean {
  return /version|build|release|commit|deploy/i.test(key);
}

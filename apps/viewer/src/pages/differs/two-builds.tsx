import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { type Choice, Menu } from '../../components/menu';
import { annotationFilter, literal } from '../../model/filter/filter-text';
import { count } from '../../model/format';
import style from './differs.module.css';
import type { SideProps } from './sides';

/** A field of segments. All other names of builds are annotations. */
const OWN = 'service.version';

/** Compares two builds, the newer one with the older one. They differ in `service.version` or an annotation. */
export function TwoBuilds({
  annotation,
  onAnnotation,
  onChange,
  ...sides
}: SideProps & {
  /** The key of the annotation, or `service.version`. By default the one that looks most like a version. */
  annotation: string;
  onAnnotation: (key: string) => void;
}): JSX.Element {
  const keys = useKeysOfBuilds();
  const key = annotation || (keys?.find(isVersion) ?? keys?.[0] ?? '');
  const builds = useBuilds(key);
  if (keys?.length === 0) {
    return (
      <p class={style.note}>
        No trace says which build it is of. Set the option serviceVersion of the toolkit, or an
        annotation such as app_version.
      </p>
    );
  }
  const shown = (filter: string): string =>
    builds.find(({ value }) => value === filter)?.label ?? (filter || 'Choose…');
  return (
    <div class={style.builds} role="group" aria-label="Two builds">
      <Menu
        label="What names the build"
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

/** The keys that may distinguish builds. Undefined until loaded. */
function useKeysOfBuilds(): string[] | undefined {
  const [keys, setKeys] = useState<string[]>();
  useEffect(() => {
    const abort = new AbortController();
    Promise.all([api.serviceVersions(abort.signal), api.annotationKeys(abort.signal)]).then(
      ([versions, annotations]) =>
        setKeys([
          ...(versions.values.length > 0 ? [OWN] : []),
          ...annotations.values.map(({ value }) => String(value)).filter((each) => each !== OWN),
        ]),
      () => undefined,
    );
    return () => abort.abort();
  }, []);
  return keys;
}

/** A filter for each build, newest first. */
function useBuilds(key: string): Choice[] {
  const [builds, setBuilds] = useState<Choice[]>([]);
  useEffect(() => {
    if (!key) return undefined;
    const abort = new AbortController();
    const asked =
      key === OWN ? api.serviceVersions(abort.signal) : api.annotationValues(key, abort.signal);
    asked.then(
      ({ values }) =>
        setBuilds(
          values
            .map(({ value, count: traces }) => ({
              value: key === OWN ? `${OWN} = ${literal(value)}` : annotationFilter(key, value),
              label: `${String(value)} (${count(traces)})`,
            }))
            .sort((a, b) => b.label.localeCompare(a.label, undefined, { numeric: true })),
        ),
      () => undefined,
    );
    return () => abort.abort();
  }, [key]);
  return builds;
}

function isVersion(key: string): boolean {
  return /version|build|release|commit|deploy/i.test(key);
}

import type { ComponentChildren, JSX } from 'preact';
import { CopyButton } from '../../../components/button';
import { carried } from '../../../model/carried';
import { and } from '../../../model/filter/filter-text';
import { href } from '../../../router';
import style from './fields.module.css';

/** Names and values, one below the other. */
export function Fields({ children }: { children: ComponentChildren }): JSX.Element {
  return <dl class={style.fields}>{children}</dl>;
}

export function Field({
  name,
  children,
  copy,
  filter,
  mono = false,
}: {
  name: string;
  children: ComponentChildren;
  /** What the copy button copies. Without it there is no button. */
  copy?: string | undefined;
  /** The filter expression that finds traces with the same value. */
  filter?: string;
  mono?: boolean;
}): JSX.Element {
  return (
    <div class={style.field} data-field>
      <dt>{name}</dt>
      <dd>
        <bdi class={mono ? `${style.value} mono` : style.value}>{children}</bdi>
        <span class={style.actions}>
          {copy !== undefined && <CopyButton text={copy} label={`Copy ${name}`} class="sm" />}
          {filter !== undefined && !carried && <FilterLink name={name} filter={filter} />}
        </span>
      </dd>
    </div>
  );
}

/** A link to the list of traces with the same value. */
export function FilterLink({ name, filter }: { name: string; filter: string }): JSX.Element {
  return (
    <a
      class="btn sm"
      href={href('/traces', { filter: and('', filter) })}
      title={`Filter traces by ${filter}`}
      aria-label={`Filter by this: ${name}`}
      data-filter={filter}
    >
      Filter
    </a>
  );
}

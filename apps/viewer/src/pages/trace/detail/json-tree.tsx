import { writeJson } from '@nestjs-xray/document/exact-json';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from '../../../components/icon';
import style from './json-tree.module.css';

/** Longer objects and arrays initially show this many entries. */
const FIRST = 100;

/** Any JSON as a tree that can be opened and closed. Strings are shown as text, never as markup. */
export function JsonTree({
  value,
  name,
  open = 2,
}: {
  value: unknown;
  name?: string;
  open?: number;
}): JSX.Element {
  return (
    <ul class={`mono ${style.tree}`}>
      <JsonNode value={value} name={name} open={open} />
    </ul>
  );
}

function JsonNode({
  value,
  name,
  open,
}: {
  value: unknown;
  name?: string | undefined;
  open: number;
}): JSX.Element {
  const [expanded, setExpanded] = useState(open > 0);
  const [all, setAll] = useState(false);
  const label = name === undefined ? null : <span class={style.key}>{name}: </span>;
  if (typeof value !== 'object' || value === null) {
    return (
      <li>
        {label}
        <Scalar value={value} />
      </li>
    );
  }
  const entries: [string, unknown][] = Object.entries(value);
  const [left, right] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0) {
    return (
      <li>
        {label}
        <span class="t3">
          {left}
          {right}
        </span>
      </li>
    );
  }
  const shown = all ? entries : entries.slice(0, FIRST);
  return (
    <li>
      <button
        type="button"
        class={style.fold}
        aria-expanded={expanded}
        onClick={() => setExpanded(!expanded)}
      >
        <Icon name={expanded ? 'down' : 'right'} />
        {label}
        <span class="t3">{expanded ? left : `${left} ${entries.length} ${right}`}</span>
      </button>
      {expanded && (
        <>
          <ul>
            {shown.map(([key, entry]) => (
              <JsonNode
                key={key}
                value={entry}
                name={Array.isArray(value) ? undefined : key}
                open={open - 1}
              />
            ))}
          </ul>
          {shown.length < entries.length && (
            <button type="button" class="btn quiet sm" onClick={() => setAll(true)}>
              Show {entries.length - shown.length} more
            </button>
          )}
          <span class={`t3 ${style.close}`}>{right}</span>
        </>
      )}
    </li>
  );
}

function Scalar({ value }: { value: unknown }): JSX.Element {
  if (typeof value === 'string') return <span class="str">{JSON.stringify(value)}</span>;
  if (value === null) return <span class="t3">null</span>;
  return <span class={style.number}>{writeJson(value)}</span>;
}

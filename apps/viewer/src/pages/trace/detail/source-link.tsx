import { nearestSource, placeOf, type SourcePlace, type TraceNode } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { useStatusPart } from '../../../api/live';
import { useSource } from '../../../api/use-source';
import { editorHref, isWhole } from '../../../model/trace/source';
import { Field } from './fields';
import style from './source.module.css';
import reason from './reason.module.css';

/** The place in the source, as a link into the editor where that is possible. */
export function SourceLink({
  place,
  class: more = '',
  whole = false,
}: {
  place: SourcePlace;
  class?: string;
  /** The path as it was recorded, not the name of the file alone. */
  whole?: boolean;
}): JSX.Element {
  const template = useStatusPart((status) => status?.editorLink);
  // Where a relative path leads, local X-Ray knows: it was given the folders.
  const found = useSource(template && !isWhole(place.path) ? place : undefined);
  const path = found?.excerpt?.file ?? place.path;
  const link = editorHref(template, { ...place, path });
  const text = whole ? `${place.path}:${place.line}` : placeOf(place.path, place.line);
  if (!link) {
    return (
      <span class={more} title={place.path}>
        <bdi>{text}</bdi>
      </span>
    );
  }
  return (
    <a
      class={more}
      href={link}
      target="_self"
      data-source
      title={`${path}:${place.line} – open in the editor`}
    >
      <bdi>{text}</bdi>
    </a>
  );
}

/** The traced method that a query or a call came from: where to look for it in the source. */
export function CalledIn({ node }: { node: TraceNode }): JSX.Element | null {
  const source = node.kind === 'subsegment' ? nearestSource(node) : undefined;
  if (!source || source.node === node) return null;
  return (
    <Field name="Called in">
      <bdi>{source.node.title}</bdi> <SourceLink place={source.place} class="mono" />
    </Field>
  );
}

/** The lines around a place, when local X-Ray may read the file; otherwise why it does not, or nothing. */
export function Excerpt({
  place,
  before = 5,
  after = 5,
  method = false,
}: {
  place: SourcePlace;
  before?: number;
  after?: number;
  /** Where a method is written: nothing was thrown there, and if there are no lines it says why. */
  method?: boolean;
}): JSX.Element | null {
  const source = useSource(place);
  if (source?.reason && method) return <p class={`t3 ${reason.reason}`}>{source.reason}</p>;
  const { excerpt } = source ?? {};
  if (!excerpt) return null;
  return (
    <div
      class={method ? `${style.excerpt} ${style.ofMethod}` : style.excerpt}
      tabIndex={0}
      role="group"
      aria-label={`Source near line ${place.line}`}
    >
      {excerpt.lines.map((line, at) => {
        const number = excerpt.first + at;
        if (number < place.line - before || number > place.line + after) return null;
        return (
          <div
            key={number}
            class={number === place.line ? undefined : 't3'}
            data-marked={number === place.line || undefined}
          >
            <span class={style.lineNumber}>{number}</span> {line}
          </div>
        );
      })}
    </div>
  );
}

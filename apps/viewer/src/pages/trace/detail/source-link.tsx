import { nearestSource, placeOf, type SourcePlace, type TraceNode } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { useStatusPart } from '../../../api/live';
import { useSource } from '../../../api/use-source';
import { editorHref, isAbsolute } from '../../../model/trace/source';
import { Field } from './fields';
import style from './source.module.css';
import reason from './reason.module.css';

/** A source line, as a link to the editor if possible. */
export function SourceLink({
  place,
  class: more = '',
  fullPath = false,
}: {
  place: SourcePlace;
  class?: string;
  /** Whether to show the recorded path instead of only the file name. */
  fullPath?: boolean;
}): JSX.Element {
  const template = useStatusPart((status) => status?.editorLink);
  // Local X-Ray resolves relative paths, because it knows the source folders.
  const found = useSource(template && !isAbsolute(place.path) ? place : undefined);
  const path = found?.excerpt?.file ?? place.path;
  const link = editorHref(template, { ...place, path });
  const text = fullPath ? `${place.path}:${place.line}` : placeOf(place.path, place.line);
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

/** The traced method that made a query or a call, and so where to find it in the source. */
export function CalledIn({ node }: { node: TraceNode }): JSX.Element | null {
  const source = node.kind === 'subsegment' ? nearestSource(node) : undefined;
  if (!source || source.node === node) return null;
  return (
    <Field name="Called in">
      <bdi>{source.node.title}</bdi> <SourceLink place={source.place} class="mono" />
    </Field>
  );
}

/** The lines around a source line if local X-Ray may read the file; otherwise the reason, or nothing. */
export function Excerpt({
  place,
  before = 5,
  after = 5,
  method = false,
}: {
  place: SourcePlace;
  before?: number;
  after?: number;
  /** Whether this is the line of a method, not of an exception. If there are no lines, the reason is shown. */
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

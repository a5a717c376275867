import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { SourceExcerpt } from 'local-xray/console-api';
import { api } from '../../../api/client';
import { useStatusPart } from '../../../api/live';
import { nearestSource, placeOf, type SourcePlace, type TraceNode } from '@nestjs-xray/trace';
import { editorHref } from '../../../model/trace/source';
import { Field } from './fields';

/** The place in the source, as a link into the editor where that is possible. */
export function SourceLink({
  place,
  class: more = '',
}: {
  place: SourcePlace;
  class?: string;
}): JSX.Element {
  const template = useStatusPart((status) => status?.editorLink);
  const link = editorHref(template, place);
  const text = placeOf(place.path, place.line);
  if (!link) {
    return (
      <span class={more} title={place.path}>
        {text}
      </span>
    );
  }
  return (
    <a
      class={more}
      href={link}
      target="_self"
      data-source
      title={`${place.path}:${place.line} – open in the editor`}
    >
      {text}
    </a>
  );
}

/** The traced method that a query or a call came from: where to look for it in the source. */
export function CalledIn({ node }: { node: TraceNode }): JSX.Element | null {
  const source = node.kind === 'subsegment' ? nearestSource(node) : undefined;
  if (!source || source.node === node) return null;
  return (
    <Field name="Called in">
      {source.node.title} <SourceLink place={source.place} class="mono" />
    </Field>
  );
}

/** The lines around a place, when local X-Ray may read the file; nothing otherwise. */
export function Excerpt({ place }: { place: SourcePlace }): JSX.Element | null {
  const [excerpt, setExcerpt] = useState<SourceExcerpt>();
  const readable = useStatusPart((status) => status?.sources === true);
  useEffect(() => {
    // Not asked in vain: the browser would report each refusal as an error of the page.
    if (!readable) return undefined;
    const abort = new AbortController();
    setExcerpt(undefined);
    api.source(place.path, place.line, abort.signal).then(setExcerpt, () => undefined);
    return () => abort.abort();
  }, [place.path, place.line, readable]);
  if (!excerpt) return null;
  return (
    <div class="src" tabIndex={0} role="group" aria-label={`Source near line ${place.line}`}>
      {excerpt.lines.map((line, at) => {
        const number = excerpt.first + at;
        return (
          <div key={number} class={number === place.line ? 'x' : 't3'}>
            <span class="ln">{number}</span> {line}
          </div>
        );
      })}
    </div>
  );
}

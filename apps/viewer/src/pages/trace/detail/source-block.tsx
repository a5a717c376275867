import { nearestSource, sourceOf, type TraceNode } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { Excerpt, SourceLink } from './source-link';
import style from './source.module.css';
import reason from './reason.module.css';

/** The source line of the method, or of the nearest ancestor whose line is known. Never a guess. */
export function SourceBlock({ node }: { node: TraceNode }): JSX.Element | null {
  const own = sourceOf(node);
  const near = own ? nearestAbove(node) : nearestSource(node);
  if (!own && !near) return <Unknown node={node} />;
  const place = own ?? near?.place;
  return (
    <>
      <h3>Source</h3>
      {own && (
        <p class={style.place}>
          <SourceLink place={own} class="mono" fullPath />
        </p>
      )}
      {near && (
        <p class={`t2 ${style.place}`}>
          Called in <bdi>{near.node.title}</bdi>,{' '}
          <SourceLink place={near.place} class="mono" fullPath={!own} />
        </p>
      )}
      {place && <Excerpt place={place} before={1} after={5} method />}
    </>
  );
}

function nearestAbove(node: TraceNode): ReturnType<typeof nearestSource> {
  return node.parent && nearestSource(node.parent);
}

function Unknown({ node }: { node: TraceNode }): JSX.Element | null {
  if (node.kind === 'segment' || node.tag !== undefined) return null;
  return (
    <>
      <h3>Source</h3>
      <p class={`t3 ${reason.reason}`}>
        Its source line is unknown. Handlers and methods with @Subsegment have one if the toolkit's
        option “source” is on, which is the default in development, and the source could be read.
      </p>
    </>
  );
}

import type { JSX } from 'preact';
import type { Hint, TraceNode } from '@nestjs-xray/trace';
import reason from './reason.module.css';

/** The explanations of the hints about these nodes. */
export function WhyHints({
  hints,
  nodes,
}: {
  hints: Hint[];
  nodes: TraceNode[];
}): JSX.Element | null {
  const keys = new Set(nodes.map((node) => node.key));
  const about = hints.filter((hint) => hint.nodes.some((key) => keys.has(key)));
  if (about.length === 0) return null;
  return (
    <>
      <h3>{about.length === 1 ? 'Why it is a hint' : 'Why these are hints'}</h3>
      {about.map((hint) => (
        <p key={hint.id} class={`t2 ${reason.reason}`}>
          <b>{hint.title}.</b> <bdi>{hint.evidence}</bdi>. {hint.advice}
        </p>
      ))}
    </>
  );
}

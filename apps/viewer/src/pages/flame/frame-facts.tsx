import type { JSX } from 'preact';
import { Badge } from '../../components/status';
import type { Flame, Frame } from '../../model/trace/flame';
import { count, ms, share } from '../../model/format';
import { traceHref } from '../../model/address';
import type { TraceTree } from '@nestjs-xray/trace';
import style from './flame.module.css';

/** Facts about the selected frame. */
export function FrameFacts({
  frame,
  flame,
  tree,
  zoomed,
  onZoom,
}: {
  frame: Frame;
  flame: Flame;
  tree: TraceTree;
  zoomed: boolean;
  onZoom: () => void;
}): JSX.Element {
  const facts: [string, string, string?][] = [
    ['Calls', count(frame.nodes.length)],
    ['Total', ms(frame.total), 'ms'],
    ['Self', ms(frame.self), 'ms'],
    ['Of the time', share(frame.value, flame.value)],
  ];
  return (
    <section class={style.facts} aria-label="Selected frame">
      <h2 class="cut" title={frame.label}>
        <bdi>{frame.label}</bdi>
      </h2>
      {frame.tag && <span class="tag">{frame.tag}</span>}
      {frame.worst !== 'ok' && <Badge status={frame.worst}>{frame.worst}</Badge>}
      <dl>
        {facts.map(([term, value, unit]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              <b>{value}</b>
              {unit && <span class="u">{unit}</span>}
            </dd>
          </div>
        ))}
      </dl>
      <span class={style.actions}>
        {frame.parent && (
          <button type="button" class="btn" aria-pressed={zoomed} onClick={onZoom}>
            Zoom
          </button>
        )}
        <a class="btn" href={traceHref(tree.id, undefined, { select: frame.nodes[0] })}>
          Show in waterfall
        </a>
      </span>
    </section>
  );
}

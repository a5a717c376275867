import type { JSX } from 'preact';
import { Badge } from '../../components/status';
import { traceHref } from '../../model/address';
import { answered, type Comparison } from '@nestjs-xray/trace';
import { stripOf } from '../../model/trace/compare.strip';
import { clock, count, duration, ms, three } from '../../model/format';
import type { TraceTree } from '@nestjs-xray/trace';
import style from './compare.module.css';

/** One of the two traces on a line. Both have the same scale in seconds. */
export function Side({
  letter,
  tree,
  scale,
}: {
  letter: 'A' | 'B';
  tree: TraceTree;
  scale: number;
}): JSX.Element {
  const root = tree.roots.find((node) => node.kind === 'segment') ?? tree.roots[0];
  const user = root && 'user' in root.doc ? root.doc.user : undefined;
  const took = answered(tree);
  const at = (seconds: number): string => `${(seconds / (scale || 1)) * 100}%`;
  return (
    <div class={style.side}>
      <span class={style.letter}>{letter}</span>
      <span class={style.which}>
        <a class="mono" href={traceHref(tree.id)}>
          {clock(tree.start)}
        </a>
        {root && (
          <Badge status={root.inProgress && root.status === 'ok' ? 'progress' : root.status}>
            {root.inProgress && root.status === 'ok'
              ? 'in progress'
              : [root.status, root.doc.http?.response?.status].filter(Boolean).join(' ')}
          </Badge>
        )}
        {user !== undefined && (
          <span class={`t2 ${style.user} cut`}>
            <bdi>{user}</bdi>
          </span>
        )}
      </span>
      <div
        class={style.strip}
        role="img"
        aria-label={`${letter} takes ${duration(took)} of ${duration(scale)}`}
      >
        <i class={`${style.own} ${style.soft}`} style={{ left: '0', width: at(took) }} />
        {stripOf(tree, scale / 500, took).map((piece) => (
          <i
            key={piece.from}
            class={style[piece.hue === 'f' ? 'fault' : piece.hue]}
            style={{ left: at(piece.from), width: at(piece.until - piece.from) }}
          />
        ))}
      </div>
      <span class="num">
        <b>{ms(took)}</b>
        <span class="u">ms</span>
      </span>
    </div>
  );
}

/** How much slower or faster B is, mostly because of what, and how many subsegments each trace has. */
export function Summary({
  comparison: { delta, mostly },
  a,
  b,
}: {
  comparison: Comparison;
  a: TraceTree;
  b: TraceTree;
}): JSX.Element {
  return (
    <dl class={style.summary}>
      <div>
        <dt>{delta >= 0 ? 'Slower by' : 'Faster by'}</dt>
        <dd>
          <b>{ms(Math.abs(delta))}</b>
          <span class="u">ms</span>
        </dd>
      </div>
      {mostly.length > 0 && (
        <div>
          <dt>Mostly</dt>
          <dd>
            {mostly.map((row, at) => (
              <span key={row.id}>
                {at > 0 && ', '}
                {row.label} <b>{signed(row.delta)}</b>
                <span class="u">ms</span>
              </span>
            ))}
          </dd>
        </div>
      )}
      <div>
        <dt>Subsegments</dt>
        <dd>
          {count(a.subsegments)} → {count(b.subsegments)}
        </dd>
      </div>
    </dl>
  );
}

/** Seconds as milliseconds with their sign: +598, −2.40. */
export function signed(seconds: number): string {
  const text = three(Math.abs(seconds) * 1000);
  return text === '0' ? '0' : `${seconds < 0 ? '−' : '+'}${text}`;
}

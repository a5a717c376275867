import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { count, duration, share } from '../../model/format';
import type { Hint } from '@nestjs-xray/trace';
import type { HintGroup } from '../../model/trace/hint-groups';
import style from './hints.module.css';

const FIRST = 3;

/** The hints of the trace. A click marks the bars and selects the first one; each further click selects the next. */
export function HintsBar({
  hints,
  whole,
  current,
  onHint,
}: {
  hints: HintGroup[];
  /** Duration of the trace in seconds, for shares. */
  whole: number;
  current: string;
  onHint: (hint: Hint) => void;
}): JSX.Element | null {
  const [all, setAll] = useState(false);
  if (hints.length === 0) return null;
  const shown = all ? hints : hints.slice(0, FIRST);
  return (
    <section class={style.hints} aria-label="Hints">
      <h2>
        Hints <span class="t3">{hints.length}</span>
        {hints.length > FIRST && (
          <button type="button" class="link" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? 'fewer' : 'all'}
          </button>
        )}
      </h2>
      <div class={style.list}>
        {shown.map((hint) => (
          <button
            key={hint.id}
            type="button"
            class={style.hint}
            data-hint
            aria-pressed={hint.id === current}
            title={hint.advice}
            onClick={() => onHint(hint)}
          >
            <span class={style.firstLine}>
              <b class="cut">
                <bdi>{hint.title}</bdi>
                {hint.times > 1 && ` · ${count(hint.times)} times`}
              </b>
              <span class="t3">
                {hint.upTo && 'up to '}
                {duration(hint.cost)}
                {!hint.upTo && hint.share >= 0.01 && `, ${share(hint.cost, whole)}`}
              </span>
            </span>
            <span class="t2 cut">
              <bdi>{hint.evidence}</bdi>
            </span>
          </button>
        ))}
      </div>
    </section>
  );
}

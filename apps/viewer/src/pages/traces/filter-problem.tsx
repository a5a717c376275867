import type { FilterProblem } from 'local-xray/console-api';
import type { JSX } from 'preact';
import type { Suggestion } from './use-completions';
import style from './filter-problem.module.css';

/** A mark below the character at fault, what to write there, and suggestions. */
export function Problem({
  id,
  text,
  problem,
  meant,
  onTake,
}: {
  id: string;
  text: string;
  problem: FilterProblem;
  meant: readonly Suggestion[];
  onTake: (expression: string) => void;
}): JSX.Element {
  const column = Math.min(problem.position, text.length);
  return (
    <div class={style.problem} role="alert" id={id}>
      <b aria-hidden="true">
        {' '.repeat(column)}
        {'^'.repeat(Math.max(1, Math.min(problem.length, text.length - column)))}
      </b>
      <span>
        {problem.Message.replace(/\.?$/, '.')} The table still shows the traces of the last valid
        filter.
      </span>
      {meant.length > 0 && (
        <div class={style.meanings} role="group" aria-label="Did you mean?">
          {meant.slice(0, 4).map((each) => (
            <button key={each.text} type="button" class="btn" onClick={() => onTake(each.insert)}>
              <code>{each.text}</code> <span class="t3">{each.seen}</span>
            </button>
          ))}
        </div>
      )}
    </div>
  );
}

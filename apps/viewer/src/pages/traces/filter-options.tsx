import type { JSX } from 'preact';
import type { Suggestion } from './use-completions';
import style from './filter-options.module.css';

/** The list of suggestions, under headings. */
export function Options({
  suggestions,
  chosen,
  prefix,
  id,
  onTake,
}: {
  suggestions: Suggestion[];
  chosen: number;
  prefix: string;
  /** Id of the list, and the beginning of the id of each suggestion. */
  id: string;
  onTake: (suggestion: Suggestion) => void;
}): JSX.Element {
  return (
    <>
      {suggestions.map((suggestion, at) => (
        <div key={suggestion.group + suggestion.text} role="presentation">
          {suggestion.group !== suggestions[at - 1]?.group && (
            <div class={style.heading} role="presentation">
              {suggestion.group}
            </div>
          )}
          <div
            class={suggestion.replacesAll ? `${style.option} ${style.whole}` : style.option}
            role="option"
            id={`${id}-${at}`}
            aria-selected={at === chosen}
            // On pointerdown, before the field loses the focus, which would close the list.
            onPointerDown={(event) => {
              event.preventDefault();
              onTake(suggestion);
            }}
          >
            <code class={suggestion.replacesAll ? undefined : 'cut'}>
              <Emphasised text={suggestion.text} part={prefix} />
            </code>
            <span class="t3 cut">{suggestion.about}</span>
            <span class="t3 num">{suggestion.seen}</span>
          </div>
        </div>
      ))}
    </>
  );
}

function Emphasised({ text, part }: { text: string; part: string }): JSX.Element {
  const at = part ? text.toLowerCase().indexOf(part.toLowerCase()) : -1;
  if (at < 0) return <>{text}</>;
  return (
    <>
      {text.slice(0, at)}
      <b>{text.slice(at, at + part.length)}</b>
      {text.slice(at + part.length)}
    </>
  );
}

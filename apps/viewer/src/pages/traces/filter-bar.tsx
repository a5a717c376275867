import type { FilterProblem } from 'local-xray/console-api';
import type { JSX, RefObject } from 'preact';
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { insert } from '../../model/filter/filter-insert';
import { navigate } from '../../router';
import { Coloured } from './filter-colours';
import { Options } from './filter-options';
import { FoundTrace, foundHref, missingWords } from './found-trace';
import { suggestionsOf, useCompletion, type Suggestion } from './use-completions';
import { Problem } from './filter-problem';
import { useCountSoFar } from './use-count-so-far';
import { useDroppedText } from './use-dropped-text';
import { tracesNamed, useMeaning } from './use-meaning';
import style from './filter-bar.module.css';
import list from './filter-options.module.css';
import problemStyle from './filter-problem.module.css';

interface FilterBarProps {
  /** The expression that is currently applied. */
  filter: string;
  /** What is wrong with it, according to local X-Ray. */
  problem?: FilterProblem | undefined;
  onRun: (filter: string) => void;
  field: RefObject<HTMLInputElement | null>;
  /** The other parameters of the query, for the count while typing. */
  bounds: () => { start?: number; end?: number; group?: string };
  /** Set if it is not the main filter of the page, which takes text that is dropped on the page. */
  label?: string;
}

/** The field for the filter expression, with colours, completion, and errors below the character at fault. */
export function FilterBar({
  filter,
  problem,
  onRun,
  field,
  bounds,
  label,
}: FilterBarProps): JSX.Element {
  const id = useId();
  const [text, setText] = useState(filter);
  /** The position at which completions are requested. Undefined while the list is closed. */
  const [caret, setCaret] = useState<number>();
  const [chosen, setChosen] = useState(-1);
  const shadow = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const completion = useCompletion(text, caret);
  const here = completion?.text === text && completion.caret === caret ? completion : undefined;
  const meant = useMeaning(text, caret !== undefined || problem !== undefined, bounds);
  const found = caret === undefined ? undefined : meant?.found;
  const suggestions = [...(here ? suggestionsOf(here) : []), ...(meant?.filters ?? [])];
  /** The message if no trace was found for an id. */
  const [missing, setMissing] = useState('');
  const soFar = useCountSoFar(caret === undefined ? filter : text, filter, bounds);
  const open = caret !== undefined && suggestions.length > 0;

  useEffect(() => setText(filter), [filter]);
  useEffect(() => setChosen(-1), [text, caret]);
  useEffect(() => setMissing(''), [text]);
  const follow = (): void => {
    if (!shadow.current || !field.current) return;
    shadow.current.scrollLeft = field.current.scrollLeft;
    box.current?.style.setProperty('--scrolled', `${field.current.scrollLeft}px`);
  };

  const look = (): void => {
    const input = field.current;
    if (!input) return;
    setCaret(input.selectionStart ?? input.value.length);
  };
  const take = (suggestion: Suggestion): void => {
    const input = field.current;
    if (!input) return;
    if (suggestion.replacesAll) return apply(suggestion.insert);
    if (!here) return;
    const next = insert(text, here.from, here.to, suggestion.insert);
    setText(next.text);
    input.value = next.text;
    input.setSelectionRange(next.caret, next.caret);
    input.focus();
    look();
  };
  const apply = (expression: string): void => {
    setText(expression);
    setCaret(undefined);
    onRun(expression);
  };
  const run = (): void => {
    setCaret(undefined);
    const asked = text.trim();
    tracesNamed(asked).then(
      (named) => {
        if (!named) onRun(asked);
        else if (named.traces[0]) navigate(foundHref(named.traces[0]));
        else setMissing(missingWords(named));
      },
      () => onRun(asked),
    );
  };
  useDroppedText((dropped) => {
    if (label !== undefined) return;
    setText(dropped);
    field.current?.focus();
    setCaret(dropped.length);
  });
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && open) {
      const next = chosen + step;
      setChosen(next >= suggestions.length ? 0 : next < 0 ? suggestions.length - 1 : next);
    } else if (step) look();
    else if (event.key === 'Tab' && open && !event.shiftKey) {
      const choice = suggestions[Math.max(chosen, 0)] as Suggestion;
      if (choice.replacesAll) setText(choice.insert);
      else take(choice);
    } else if (event.key === 'Enter') {
      const choice = open ? suggestions[chosen] : undefined;
      if (choice) take(choice);
      else run();
    } else if (event.key === 'Escape') {
      // Also while completions are being loaded.
      if (open || (caret !== undefined && !here)) setCaret(undefined);
      else if (text !== filter) setText(filter);
      else field.current?.blur();
    } else return;
    event.preventDefault();
  };
  const shownProblem = problem && text === filter && !open ? problem : undefined;
  // Reading the scroll position forces a layout, so do it only when the text has changed.
  useLayoutEffect(() => {
    if (shownProblem && field.current) showCharacter(field.current, shownProblem.position);
    follow();
  }, [text, shownProblem]);

  return (
    <div class={shownProblem ? `${style.bar} ${style.wrong}` : style.bar} ref={box}>
      <div class={style.line}>
        <span class="t3">
          <Icon name="filter" />
        </span>
        <div class={style.text}>
          <div class={style.layer} aria-hidden="true" ref={shadow}>
            <Coloured text={text} completion={completion} problem={shownProblem} />
          </div>
          <input
            ref={field}
            class={style.layer}
            type="text"
            value={text}
            placeholder='Filter, or paste a trace id: fault, responsetime > 1, annotation.key = "value"'
            aria-label={label ?? 'Filter expression'}
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={open}
            aria-controls={`${id}-options`}
            aria-activedescendant={open && chosen >= 0 ? `${id}-option-${chosen}` : undefined}
            aria-invalid={shownProblem !== undefined}
            aria-describedby={shownProblem ? `${id}-problem` : undefined}
            autocomplete="off"
            autocapitalize="off"
            spellcheck={false}
            onInput={(event) => {
              setText(event.currentTarget.value);
              look();
            }}
            onKeyDown={keys}
            onKeyUp={(event) =>
              (event.key === 'ArrowLeft' || event.key === 'ArrowRight') &&
              caret !== undefined &&
              look()
            }
            onScroll={follow}
            onClick={look}
            onFocus={() => text === '' && look()}
            onBlur={() => setCaret(undefined)}
          />
        </div>
        {text !== filter && <kbd>Enter</kbd>}
        {text !== '' && (
          <IconButton
            icon="close"
            label="Clear the filter"
            class={style.clear}
            onClick={() => {
              setText('');
              onRun('');
              field.current?.focus();
            }}
          />
        )}
      </div>
      {shownProblem && (
        <Problem
          id={`${id}-problem`}
          text={text}
          problem={shownProblem}
          meant={meant?.filters ?? []}
          onTake={apply}
        />
      )}
      {missing && !shownProblem && (
        <div class={problemStyle.problem} role="alert">
          <span>{missing}</span>
        </div>
      )}
      {found && !missing && (
        <div class={`${list.list} ${list.named}`} role="group" aria-label="Trace found">
          <FoundTrace found={found} />
          <div class={list.foot} aria-hidden="true">
            <span>
              <kbd>Enter</kbd> open
            </span>
          </div>
        </div>
      )}
      <div class={open && !found ? list.list : `${list.list} ${list.hidden}`}>
        <div role="listbox" id={`${id}-options`} aria-label="Completions">
          {open && (
            <Options
              suggestions={suggestions}
              chosen={chosen}
              id={`${id}-option`}
              prefix={here ? text.slice(here.from, here.caret).replace(/^"/, '') : ''}
              onTake={take}
            />
          )}
        </div>
        {open && (
          <div class={list.foot} aria-hidden="true">
            <span>
              <kbd>↑</kbd> <kbd>↓</kbd> choose
            </span>
            <span>
              <kbd>Tab</kbd> insert
            </span>
            <span>
              <kbd>Enter</kbd> run
            </span>
            <span class={list.soFar}>{soFar}</span>
          </div>
        )}
      </div>
    </div>
  );
}

/** Scrolls a field with long text, so that the character at fault is visible. */
function showCharacter(input: HTMLInputElement, position: number): void {
  const { scrollWidth, clientWidth, value } = input;
  if (scrollWidth <= clientWidth || value === '') return;
  // All characters have the same width, because the font is monospaced.
  const at = (position / value.length) * scrollWidth;
  if (at < input.scrollLeft || at > input.scrollLeft + clientWidth * 0.9)
    input.scrollLeft = at - clientWidth / 2;
}

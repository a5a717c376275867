import type { FilterProblem } from 'local-xray/console-api';
import type { JSX, RefObject } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { insert } from '../../model/filter/filter-insert';
import { plural } from '../../model/format';
import { suggestionsOf, useCompletion, type Completion, type Suggestion } from './use-completions';
import './filter-bar.css';

interface FilterBarProps {
  /** The expression that is in force. */
  filter: string;
  /** What local X-Ray says is wrong with it. */
  problem?: FilterProblem | undefined;
  onRun: (filter: string) => void;
  field: RefObject<HTMLInputElement | null>;
  /** What else is asked, for the count while writing. */
  bounds: () => { start?: number; end?: number; group?: string };
}

/** The filter expression, coloured while it is written, with completion and the error below its character. */
export function FilterBar({ filter, problem, onRun, field, bounds }: FilterBarProps): JSX.Element {
  const [text, setText] = useState(filter);
  /** Where completions are asked for; nowhere while the list is closed. */
  const [caret, setCaret] = useState<number>();
  const [chosen, setChosen] = useState(-1);
  const shadow = useRef<HTMLDivElement>(null);
  const box = useRef<HTMLDivElement>(null);
  const completion = useCompletion(text, caret);
  const here = completion?.text === text && completion.caret === caret ? completion : undefined;
  const suggestions = here ? suggestionsOf(here) : [];
  const soFar = useCountSoFar(caret === undefined ? filter : text, filter, bounds);
  const open = suggestions.length > 0;

  useEffect(() => setText(filter), [filter]);
  useEffect(() => setChosen(-1), [text, caret]);
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
    if (!here || !input) return;
    const next = insert(text, here.from, here.to, suggestion.insert);
    setText(next.text);
    input.value = next.text;
    input.setSelectionRange(next.caret, next.caret);
    input.focus();
    look();
  };
  const run = (): void => {
    setCaret(undefined);
    onRun(text.trim());
  };
  const keys = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && open) {
      const next = chosen + step;
      setChosen(next >= suggestions.length ? 0 : next < 0 ? suggestions.length - 1 : next);
    } else if (step) look();
    else if (event.key === 'Tab' && open && !event.shiftKey)
      take(suggestions[Math.max(chosen, 0)] as Suggestion);
    else if (event.key === 'Enter') {
      const choice = open ? suggestions[chosen] : undefined;
      if (choice) take(choice);
      else run();
    } else if (event.key === 'Escape') {
      // Also while what fits is still being asked.
      if (open || (caret !== undefined && !here)) setCaret(undefined);
      else if (text !== filter) setText(filter);
      else field.current?.blur();
    } else return;
    event.preventDefault();
  };
  const shownProblem = problem && text === filter && !open ? problem : undefined;
  // Reading where the field is scrolled to makes the browser lay the page out: only when the text changed.
  useLayoutEffect(() => {
    if (shownProblem && field.current) showCharacter(field.current, shownProblem.position);
    follow();
  }, [text, shownProblem]);

  return (
    <div class={shownProblem ? 'expr bad' : 'expr'} ref={box}>
      <div class="expr-line">
        <span class="t3">
          <Icon name="filter" />
        </span>
        <div class="expr-text">
          <div class="txt" aria-hidden="true" ref={shadow}>
            <Coloured text={text} completion={completion} problem={shownProblem} />
          </div>
          <input
            ref={field}
            class="txt"
            type="text"
            value={text}
            placeholder='Filter: service("…"), fault, responsetime > 1, annotation.key = "value"'
            aria-label="Filter expression"
            role="combobox"
            aria-autocomplete="list"
            aria-expanded={open}
            aria-controls="filter-options"
            aria-activedescendant={open && chosen >= 0 ? `filter-option-${chosen}` : undefined}
            aria-invalid={shownProblem !== undefined}
            aria-describedby={shownProblem ? 'filter-problem' : undefined}
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
            class="clear"
            onClick={() => {
              setText('');
              onRun('');
              field.current?.focus();
            }}
          />
        )}
      </div>
      {shownProblem && <Problem text={text} problem={shownProblem} />}
      <div class={open ? 'pop' : 'pop hidden'}>
        <div role="listbox" id="filter-options" aria-label="Completions">
          {here && (
            <Options
              suggestions={suggestions}
              chosen={chosen}
              prefix={text.slice(here.from, here.caret).replace(/^"/, '')}
              onTake={take}
            />
          )}
        </div>
        {open && (
          <div class="f" aria-hidden="true">
            <span>
              <kbd>↑</kbd> <kbd>↓</kbd> choose
            </span>
            <span>
              <kbd>Tab</kbd> insert
            </span>
            <span>
              <kbd>Enter</kbd> run
            </span>
            <span class="so-far">{soFar}</span>
          </div>
        )}
      </div>
    </div>
  );
}

/** Scrolls a field whose text is longer than it, so that what is wrong can be seen. */
function showCharacter(input: HTMLInputElement, position: number): void {
  const { scrollWidth, clientWidth, value } = input;
  if (scrollWidth <= clientWidth || value === '') return;
  // One width for all characters: the font is monospaced.
  const at = (position / value.length) * scrollWidth;
  if (at < input.scrollLeft || at > input.scrollLeft + clientWidth * 0.9)
    input.scrollLeft = at - clientWidth / 2;
}

function Coloured({
  text,
  completion,
  problem,
}: {
  text: string;
  completion: Completion | undefined;
  problem: FilterProblem | undefined;
}): JSX.Element {
  const from = problem?.position ?? -1;
  const to = from + Math.max(problem?.length ?? 0, 1);
  return (
    <>
      {cut(piecesOf(text, completion), from, to).map((piece) => {
        const wrong = problem !== undefined && piece.from >= from && piece.to <= to;
        return (
          <span key={piece.from} class={`${piece.tone} ${wrong ? 'wavy' : ''}`}>
            {text.slice(piece.from, piece.to)}
          </span>
        );
      })}
    </>
  );
}

const TONES: Record<string, string> = { keyword: 'k', text: 's' };

interface Piece {
  from: number;
  to: number;
  tone: string;
}

/** The same pieces, none of which reaches over one of these places. */
function cut(pieces: Piece[], ...places: number[]): Piece[] {
  return places.reduce(
    (all, at) =>
      all.flatMap((piece) =>
        piece.from < at && at < piece.to
          ? [
              { ...piece, to: at },
              { ...piece, from: at },
            ]
          : [piece],
      ),
    pieces,
  );
}

/** The whole text in pieces. Of an answer to an earlier text those count that the two have in common. */
function piecesOf(text: string, completion: Completion | undefined): Piece[] {
  const pieces: Piece[] = [];
  const earlier = completion?.text ?? '';
  let same = 0;
  while (same < text.length && text[same] === earlier[same]) same++;
  let at = 0;
  for (const { from, length, kind } of completion?.tokens ?? []) {
    if (from + length > same) break;
    if (from > at) pieces.push({ from: at, to: from, tone: '' });
    at = from + length;
    pieces.push({ from, to: at, tone: TONES[kind] ?? '' });
  }
  if (at < text.length) pieces.push({ from: at, to: text.length, tone: '' });
  return pieces;
}

/** A caret under the character, then what to write there. */
function Problem({ text, problem }: { text: string; problem: FilterProblem }): JSX.Element {
  const column = Math.min(problem.position, text.length);
  return (
    <div class="err" role="alert" id="filter-problem">
      <b aria-hidden="true">
        {' '.repeat(column)}
        {'^'.repeat(Math.max(1, Math.min(problem.length, text.length - column)))}
      </b>
      <span>
        {problem.Message.replace(/\.?$/, '.')} The table shows what the last filter that worked
        finds.
      </span>
    </div>
  );
}

function Options({
  suggestions,
  chosen,
  prefix,
  onTake,
}: {
  suggestions: Suggestion[];
  chosen: number;
  prefix: string;
  onTake: (suggestion: Suggestion) => void;
}): JSX.Element {
  return (
    <>
      {suggestions.map((suggestion, at) => (
        <div key={suggestion.group + suggestion.text} role="presentation">
          {suggestion.group !== suggestions[at - 1]?.group && (
            <div class="grp" role="presentation">
              {suggestion.group}
            </div>
          )}
          <div
            class="o"
            role="option"
            id={`filter-option-${at}`}
            aria-selected={at === chosen}
            // Before the field loses the focus, which would close the list.
            onPointerDown={(event) => {
              event.preventDefault();
              onTake(suggestion);
            }}
          >
            <code class="cut">
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

/** How many traces the expression that is being written finds so far; empty while it is not yet one. */
function useCountSoFar(text: string, filter: string, bounds: FilterBarProps['bounds']): string {
  const [found, setFound] = useState({ text: '', words: '' });
  useEffect(() => {
    if (text === filter) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      api.traces({ ...bounds(), filter: text, limit: 1 }, abort.signal).then(
        ({ counts }) => setFound({ text, words: `${plural(counts.total, 'trace')} so far` }),
        () => undefined,
      );
    }, 250);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [text, filter]);
  return found.text === text ? found.words : '';
}

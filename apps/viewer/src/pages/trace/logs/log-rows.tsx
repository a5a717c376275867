import type { LogLine } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { useMedia, useVirtual } from '../../../components/use-virtual';
import { ABSENT, offset } from '../../../model/format';
import { Marked } from '../marked';
import { LevelGlyph } from './log-level';
import style from './logs.module.css';
import type { LogView } from './use-trace-logs';

const ROW = 24;
const ROW_NARROW = 44;

/** The log lines. Only the visible ones are rendered. */
export function LogRows({ logs, words }: { logs: LogView; words: string }): JSX.Element {
  const { shown, chosen } = logs;
  const rowHeight = useMedia('(max-width: 719px)') ? ROW_NARROW : ROW;
  const holder = useRef<HTMLDivElement>(null);
  const { items, totalSize, reveal } = useVirtual({
    count: shown.length,
    rowHeight,
    within: 'element',
    element: holder,
  });
  const at = chosen ? shown.indexOf(chosen) : -1;
  useEffect(() => {
    if (at >= 0) reveal(at, 2 * rowHeight);
  }, [at]);

  const move = (event: KeyboardEvent): void => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
    if (next) logs.choose(next);
  };
  if (shown.length === 0) {
    return (
      <p class={`${style.none} t2`}>
        {logs.onlySelected
          ? 'There are no log lines at these levels in the selected part.'
          : 'There are no log lines at these levels.'}
      </p>
    );
  }
  return (
    <div
      class={style.rows}
      ref={holder}
      role="listbox"
      aria-label="Log lines"
      tabIndex={0}
      aria-activedescendant={at >= 0 ? `log-${at}` : undefined}
      onKeyDown={move}
    >
      <div role="presentation" style={{ height: `${totalSize}px`, position: 'relative' }}>
        {items.map(({ index, start }) => {
          const line = shown[index];
          return (
            line && (
              <Row
                key={line.id}
                line={line}
                index={index}
                of={shown.length}
                top={start}
                chosen={line === chosen}
                words={words}
                onChoose={logs.choose}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

function Row({
  line,
  index,
  of,
  top,
  chosen,
  words,
  onChoose,
}: {
  line: LogLine;
  index: number;
  of: number;
  top: number;
  chosen: boolean;
  words: string;
  onChoose: (line: LogLine) => void;
}): JSX.Element {
  return (
    <div
      class={style.row}
      role="option"
      id={`log-${index}`}
      aria-selected={chosen}
      aria-posinset={index + 1}
      aria-setsize={of}
      style={{ top: `${top}px` }}
      onClick={() => onChoose(line)}
    >
      <span class={style.offset}>{line.at === undefined ? ABSENT : offset(line.at)}</span>
      <span class={`${style.level} ${style[line.level]}`}>
        <LevelGlyph level={line.level} />
        {line.levelName}
      </span>
      <span class={style.text} title={line.message.slice(0, 1_000)}>
        <bdi>
          <Marked text={line.message.slice(0, 1_000)} words={words} />
        </bdi>
        {pairsOf(line).map(([name, value]) => (
          <bdi key={name}>
            {' '}
            <span class="t3">{name && `${name}=`}</span>
            {value}
          </bdi>
        ))}
      </span>
      <span class={style.from}>
        <bdi>{line.node.title}</bdi>
      </span>
    </div>
  );
}

const MOST_PAIRS = 6;

/** The attributes of a line that fit into a row: `amount=3`. */
function pairsOf({ details }: LogLine): [name: string, value: string][] {
  return details
    .flatMap(([name, value]): [string, unknown][] =>
      !name && typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.entries(value)
        : [[name, value]],
    )
    .slice(0, MOST_PAIRS)
    .map(([name, value]) => [
      name,
      (typeof value === 'string' ? value : (JSON.stringify(value) ?? '')).slice(0, 120),
    ]);
}

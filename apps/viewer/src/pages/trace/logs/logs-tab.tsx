import type { LogLine } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import { CopyButton } from '../../../components/button';
import { clock, offset } from '../../../model/format';
import { JsonTree } from '../detail/json-tree';
import { Marked } from '../marked';
import { LevelGlyph } from './log-level';
import style from './logs.module.css';
import tabs from '../detail/document-tabs.module.css';

/** How many lines are shown. The list below the waterfall has all. */
const MOST = 200;

/** The log lines of one node in full, with their attributes. */
export function LogsTab({
  lines,
  chosen,
  words,
}: {
  lines: LogLine[];
  chosen: LogLine | undefined;
  words: string;
}): JSX.Element {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' });
  }, [chosen?.id]);
  const from = Math.max(0, Math.min(chosen ? lines.indexOf(chosen) - 5 : 0, lines.length - MOST));
  const shown = lines.slice(from, from + MOST);
  return (
    <>
      <ol class={style.whole} ref={list}>
        {shown.map((line) => (
          <li key={line.id} aria-current={line === chosen ? 'true' : undefined}>
            <p class={`${style.wholeHead} ${style[line.level]}`}>
              <LevelGlyph level={line.level} />
              <span>{line.levelName}</span>
              {line.at !== undefined && <span class="t2">{offset(line.at)}</span>}
              {line.time !== undefined && <span class="t3">{clock(line.time)}</span>}
              {line.context && <bdi class="t3">{line.context}</bdi>}
            </p>
            <pre class={style.wholeText} dir="auto">
              <Marked text={line.message} words={words} />
            </pre>
            {line.details.map(([name, value], at) =>
              typeof value === 'string' && value.includes('\n') ? (
                <pre key={at} class={`${style.wholeText} t2`}>
                  {value}
                </pre>
              ) : (
                <JsonTree key={at} {...(name && { name })} value={value} open={1} />
              ),
            )}
          </li>
        ))}
      </ol>
      {shown.length < lines.length && (
        <p class="t3">
          {shown.length} of {lines.length} lines; all of them stand below the waterfall.
        </p>
      )}
      <p class={tabs.actions}>
        <CopyButton text={() => lines.map(lineText).join('\n')} label="Copy the lines">
          Copy
        </CopyButton>
      </p>
    </>
  );
}

function lineText({ time, levelName, context, message }: LogLine): string {
  const at = time === undefined ? '' : `${new Date(time * 1000).toISOString()} `;
  return `${at}${levelName}${context ? ` [${context}]` : ''} ${message}`;
}

import type { JSX } from 'preact';
import { useId, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { useKeys } from '../../components/keys';
import { Menu } from '../../components/menu';
import { dateTime } from '../../model/format';
import { readTime } from '../../model/list/time-entry';
import {
  boundsOf,
  DEFAULT_RANGE,
  formatRange,
  parseRange,
  rangeLabel,
  RANGES,
} from '../../model/list/time-range';
import { wholeTime } from '../../model/list/when';
import { zoneName } from './key-bar';
import style from './time-range.module.css';

interface TimeRangeProps {
  /** The range as it is in the address. */
  range: string;
  onRange: (range: string | undefined) => void;
}

/** Selects the time range: one that ends now, or a fixed one. */
export function TimeRangeMenu({ range, onRange }: TimeRangeProps): JSX.Element {
  const root = useRef<HTMLDivElement>(null);
  useKeys({ t: () => root.current?.querySelector('button')?.click() });
  return (
    <div class={style.range} ref={root}>
      <Menu
        label="Time range"
        align="right"
        shown={rangeLabel(range)}
        choices={RANGES.map(({ value, label }) => ({ value, label }))}
        selected={range || DEFAULT_RANGE}
        onSelect={(value) => onRange(formatRange(value))}
      >
        {(close) => (
          <FromTo
            range={range}
            onRange={(value) => {
              onRange(value);
              close();
            }}
          />
        )}
      </Menu>
    </div>
  );
}

const EXAMPLES = 'Write 14:06, yesterday 02:00, 2h ago, 2026-11-22 14:06 or epoch seconds.';

function FromTo({ range, onRange }: TimeRangeProps): JSX.Element {
  const [opened] = useState(() => Date.now() / 1000);
  const { start, end } = boundsOf(parseRange(range), Math.floor(opened));
  const [from, setFrom] = useState(start === undefined ? '' : written(start));
  const [to, setTo] = useState(end === undefined ? 'now' : written(end));
  const [tried, setTried] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const first = readTime(from, opened);
  const last = readTime(to, opened);
  const backwards = first !== undefined && last !== undefined && first >= last;
  const apply = (event: Event): void => {
    event.preventDefault();
    setTried(true);
    if (first !== undefined && last !== undefined && !backwards)
      onRange(formatRange({ from: first, to: last }));
  };
  useLayoutEffect(() => {
    if (tried) form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus();
  }, [tried]);
  return (
    <form
      class={style.form}
      ref={form}
      aria-label="From and to"
      onSubmit={apply}
      onInput={() => setTried(false)}
    >
      <Entry label="From" text={from} time={first} tried={tried} onText={setFrom} />
      <Entry
        label="To"
        text={to}
        time={last}
        tried={tried}
        onText={setTo}
        wrong={backwards ? 'This must be after From.' : undefined}
      />
      <div class={style.foot}>
        <span>times in {zoneName()}</span>
        <button type="submit" class="btn pri">
          Show
        </button>
      </div>
    </form>
  );
}

/** A field for one of the two times, which shows how the typed text is understood. */
function Entry({
  label,
  text,
  time,
  tried,
  onText,
  wrong,
}: {
  label: string;
  text: string;
  time: number | undefined;
  /** Whether the user has tried to apply the text. */
  tried: boolean;
  onText: (text: string) => void;
  wrong?: string | undefined;
}): JSX.Element {
  const id = useId();
  const unread = time === undefined && (tried || text.trim().length > 2);
  const problem =
    wrong ?? (unread ? `${text.trim() ? 'Not a time yet. ' : ''}${EXAMPLES}` : undefined);
  return (
    <div class={style.entry}>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="text"
        value={text}
        placeholder="yesterday 02:00"
        autocomplete="off"
        spellcheck={false}
        aria-invalid={tried && problem !== undefined}
        aria-describedby={`${id}-read`}
        onFocus={(event) => event.currentTarget.select()}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      <span
        id={`${id}-read`}
        role="status"
        class={problem && tried ? `${style.read} ${style.wrong}` : style.read}
      >
        {problem ?? (time === undefined ? '' : wholeTime(time))}
      </span>
    </div>
  );
}

/** Formats a time to the second, in a form that can be typed. */
function written(epochSeconds: number): string {
  return dateTime(epochSeconds, { millis: !Number.isInteger(+epochSeconds.toFixed(3)) });
}

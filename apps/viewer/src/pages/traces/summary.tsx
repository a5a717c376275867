import type { JSX } from 'preact';
import { Glyph } from '../../components/status';
import { ABSENT, count, share } from '../../model/format';
import type { Status } from '@nestjs-xray/trace';
import type { Counts } from '../../model/list/trace-list';
import style from './summary.module.css';

const ORDER: Status[] = ['ok', 'error', 'throttle', 'fault'];

/** The number of traces by outcome. Clicking a count shows only those. */
export function CountList({
  counts,
  status,
  onStatus,
}: {
  /** Undefined until loaded. */
  counts: Counts | undefined;
  status: string;
  onStatus: (status: Status | undefined) => void;
}): JSX.Element {
  return (
    <div class={style.counts}>
      <p>
        <span class="big" data-total>
          {counts ? count(counts.total) : ABSENT}
        </span>{' '}
        <span class="t2">{counts?.total === 1 ? 'trace' : 'traces'}</span>
      </p>
      {ORDER.map((one) => (
        <button
          key={one}
          type="button"
          aria-pressed={status === one}
          title={status === one ? 'Show all' : `Show ${one} only`}
          onClick={() => onStatus(status === one ? undefined : one)}
        >
          <span class={`s-${one}`}>
            <Glyph name={one} />
          </span>
          <span class={style.word}>{one}</span>
          <span class="num">{counts ? count(counts[one]) : ABSENT}</span>
          <span class={style.share}>{counts?.total ? share(counts[one], counts.total) : ''}</span>
        </button>
      ))}
    </div>
  );
}

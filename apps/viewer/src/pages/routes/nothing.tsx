import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { CopyButton } from '../../components/button';
import { plural } from '../../model/format';
import { RANGES, rangeLabel } from '../../model/list/time-range';
import style from './routes.module.css';

/** Shown if the range is empty: which longer range has traces, and how to send some. */
export function Nothing({
  range,
  filter,
  onChange,
}: {
  range: string;
  filter: string;
  onChange: (change: { range?: string; filter?: string }) => void;
}): JSX.Element {
  const [beyond, setBeyond] = useState<{ total: number; value: string; label: string }>();
  useEffect(() => {
    const abort = new AbortController();
    const look = async (): Promise<void> => {
      for (const each of RANGES.slice(2)) {
        const start = Number.isFinite(each.seconds) ? Date.now() / 1000 - each.seconds : undefined;
        const { counts } = await api.traces(
          { ...(start !== undefined && { start }), filter, limit: 1 },
          abort.signal,
        );
        if (counts.total > 0) return setBeyond({ total: counts.total, ...each });
      }
      setBeyond(undefined);
    };
    look().catch(() => undefined);
    return () => abort.abort();
  }, [range, filter]);
  const curl = `curl ${location.origin}/health`;
  return (
    <div class={style.nothing}>
      <h2>
        {filter ? 'No traces match' : 'No requests'} in{' '}
        {rangeLabel(range).toLowerCase().replace('last', 'the last')}
      </h2>
      <ul>
        {beyond && (
          <li>
            <span>
              <b>{plural(beyond.total, 'trace')}</b>{' '}
              <span class="t2">in {beyond.label.toLowerCase()}</span>
            </span>
            <button type="button" class="btn pri" onClick={() => onChange({ range: beyond.value })}>
              Show {beyond.label.toLowerCase().replace('last', 'the last')}
            </button>
          </li>
        )}
        {filter && (
          <li>
            <span class="t2">Or remove the filter</span>
            <button type="button" class="btn" onClick={() => onChange({ filter: '' })}>
              Clear the filter
            </button>
          </li>
        )}
        {!filter && (
          <li>
            <span>
              Is local X-Ray running? <code class="t2">{curl}</code>
            </span>
            <CopyButton text={curl} label="Copy the command">
              Copy
            </CopyButton>
          </li>
        )}
      </ul>
    </div>
  );
}

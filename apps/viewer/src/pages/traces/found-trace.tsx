import type { FoundTraces } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { StatusWord } from '../../components/status';
import { ms, plural } from '../../model/format';
import { whenOf } from '../../model/list/when';
import { hasAnswered, rowStatus, timeOf, whatOf } from '../../model/list/trace-list';
import { traceHref } from '../../router';
import style from './found-trace.module.css';

/** The address of a trace that was found, with the named segment selected. */
export function foundHref({ row, segment }: FoundTraces['traces'][number]): string {
  return traceHref(row.id, undefined, { select: segment });
}

/** The traces that were found for a pasted id, header or log line. */
export function FoundTrace({ found }: { found: FoundTraces }): JSX.Element {
  const { traces } = found;
  if (traces.length === 0) return <p class={style.missing}>{missingWords(found)}</p>;
  return (
    <>
      <div class={style.title}>Found {plural(traces.length, 'trace')} in what you pasted</div>
      {traces.map((each, at) => (
        <a
          key={each.row.id}
          class={at === 0 ? `${style.found} ${style.first}` : style.found}
          href={foundHref(each)}
          // The field must not lose the focus before the click: that would close the list.
          onPointerDown={(event) => event.preventDefault()}
        >
          <StatusWord
            status={rowStatus(each.row, Date.now() / 1000)}
            {...(each.row.status !== undefined && { code: each.row.status })}
          />
          <b class={style.what}>
            <bdi>
              {each.row.method} {whatOf(each.row)}
            </bdi>
          </b>
          <span class="num">{hasAnswered(each.row) ? `${ms(timeOf(each.row))} ms` : ''}</span>
          <span class="t2">{whenOf(each.row.start, { seconds: true })}</span>
          {each.segment !== undefined && (
            <span class={style.under}>
              Opens with <code>{each.segment}</code> selected
            </span>
          )}
        </a>
      ))}
    </>
  );
}

/** The message if nothing was found, with possible reasons. */
export function missingWords({ named, spans, complete }: FoundTraces): string {
  if (named.length > 0) {
    return `There is no trace ${named[0]}. It may have been deleted after the retention time, or not have arrived yet.`;
  }
  return `No trace has a segment or subsegment ${spans[0]}${complete ? '' : ' among the newest; older ones were not searched'}. Paste the id of the trace, if there is one.`;
}

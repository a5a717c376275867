import type { QueryTable, StatementRow } from 'local-xray/console-api';
import { Fragment, type JSX } from 'preact';
import { CopyButton } from '../../components/button';
import { SparkLine } from '../../components/spark';
import { count, duration, ms, plural, shareFigure, three } from '../../model/format';
import { formatSql } from '../../model/trace/sql-format';
import { Excerpt } from '../trace/detail/source-link';
import { FrameLines } from '../shared/frame-lines';
import { Fact, OverviewPanel, RouteShares, TimeAxis } from '../shared/overview-panel';
import shared from '../shared/overview.module.css';
import style from './queries.module.css';

/** Maximum number of marks that represent the executions of a statement in a trace. */
const MAX_TEETH = 24;

/** The selected statement: its text, possible improvements, its callers. */
export function StatementPanel({
  row,
  table,
  traces,
  slowest,
  onClose,
}: {
  row: StatementRow;
  table: QueryTable;
  traces: string;
  slowest: string;
  onClose: () => void;
}): JSX.Element {
  const { nPlusOne } = row;
  const known = row.trend.filter((value) => value !== null);
  return (
    <OverviewPanel
      label="Selected statement"
      title={title(row.text)}
      actions={
        <CopyButton text={row.text} label="Copy the statement (y)">
          Copy
        </CopyButton>
      }
      onClose={onClose}
    >
      <div class={shared.facts}>
        {row.database && (
          <span>
            <b>
              <bdi>{row.database}</bdi>
            </b>
          </span>
        )}
        <Fact amount={row.count} one="call" />
        <span>
          <b>{duration(row.seconds)}</b>
        </span>
        <span>
          p95 <b>{ms(row.p95)}</b> ms
        </span>
      </div>
      <pre class={style.text} tabIndex={0}>
        {row.tag === 'SQL'
          ? formatSql(row.text).map(({ text, kind }, at) =>
              kind === 'keyword' ? <b key={at}>{text}</b> : text,
            )
          : row.text}
      </pre>
      {nPlusOne && (
        <div class={shared.callout}>
          <b>
            N+1 in {shareFigure(nPlusOne.share, 1)} % of <bdi>{nPlusOne.route}</bdi>.
          </b>{' '}
          {three(nPlusOne.times)} runs in a trace that has it, {duration(nPlusOne.each)} each time.
          One query for all keys would save most of this time.
          <div class={style.evidence} aria-hidden="true">
            <span class="t2">now</span>
            <span class={style.comb}>
              {Array.from({ length: Math.min(MAX_TEETH, Math.round(nPlusOne.times)) }, (_, at) => (
                <i key={at} />
              ))}
            </span>
            <span class="t2">at once</span>
            <span class={`${style.comb} ${style.one}`}>
              <i />
            </span>
          </div>
        </div>
      )}
      <div class={shared.actions}>
        <a class="btn pri" href={traces}>
          {nPlusOne ? 'Show the traces with N+1' : `Show ${plural(row.traces, 'trace')}`}
        </a>
        <a class="btn" href={slowest}>
          Slowest traces
        </a>
      </div>
      <h3>Called by</h3>
      <table class={shared.mini}>
        <thead>
          <tr>
            <th scope="col">Method</th>
            <th scope="col" class="num">
              Calls
            </th>
            <th scope="col" class="num">
              Time
            </th>
          </tr>
        </thead>
        <tbody>
          {row.callers.slice(0, 12).map((caller) => (
            <Fragment key={caller.place}>
              <tr>
                <td>
                  <FrameLines label={caller.place} path={caller.file} line={caller.line} />
                </td>
                <td class="num">{count(caller.count)}</td>
                <td class="num">{duration(caller.seconds)}</td>
              </tr>
              {caller === row.callers[0] && <CallerLines file={caller.file} line={caller.line} />}
            </Fragment>
          ))}
        </tbody>
      </table>
      <h3>
        p95 over time{' '}
        {known.length > 0 && (
          <span>
            {ms(Math.min(...known))} – {ms(Math.max(...known))} ms
          </span>
        )}
      </h3>
      <SparkLine tall values={row.trend} words={`p95 over time, ${ms(row.p95)} ms in all`} />
      <TimeAxis table={table} />
      <h3>Routes</h3>
      <RouteShares routes={row.routes} of={row.count} />
    </OverviewPanel>
  );
}

/** The lines of the method that runs the statement, as wide as the table. */
function CallerLines({
  file,
  line,
}: {
  file: string | undefined;
  line: number | undefined;
}): JSX.Element | null {
  if (file === undefined || line === undefined) return null;
  return (
    <tr>
      <td colSpan={3} class={style.callerLines}>
        <Excerpt place={{ path: file, line }} method />
      </td>
    </tr>
  );
}

function title(text: string): string {
  const table = /\b(?:FROM|INTO|UPDATE)\s+["`]?([\w.]+)/i.exec(text)?.[1];
  const verb = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
  if (!table) return text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return verb === 'SELECT' ? `SELECT … FROM ${table}` : `${verb} ${table}`;
}

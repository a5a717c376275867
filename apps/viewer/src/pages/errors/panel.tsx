import type { ErrorExample, ErrorRow, ErrorTable } from 'local-xray/console-api';
import { placeOf } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { SparkBars } from '../../components/spark';
import { StatusWord } from '../../components/status';
import { count, plural } from '../../model/format';
import { whenOf } from '../../model/list/when';
import { contextHref } from '../../router';
import { Fact, OverviewPanel, RouteShares, TimeAxis } from '../shared/overview-panel';
import { SharedAttributes } from '../shared/shared-attributes';
import shared from '../shared/overview.module.css';
import { askedOf, type Selection } from '../shared/page-controls';
import { FrameLines } from '../shared/frame-lines';
import style from './errors.module.css';

/** The selected kind of error: message, source lines, since when, and what its traces have in common. */
export function ErrorPanel({
  row,
  table,
  selection,
  traces,
  onClose,
}: {
  row: ErrorRow;
  table: ErrorTable;
  selection: Selection;
  traces: string;
  onClose: () => void;
}): JSX.Element {
  const [example, setExample] = useState<ErrorExample>();
  useEffect(() => {
    const abort = new AbortController();
    api
      .errorExample({ ...askedOf(selection), name: row.name }, abort.signal)
      .then(setExample, () => undefined);
    return () => abort.abort();
  }, [row.name, selection.range, selection.filter]);
  const own = example?.stack.filter((frame) => !frame.library) ?? [];
  const library = (example?.stack.length ?? 0) - own.length;
  return (
    <OverviewPanel label="Selected error" title={row.type} onClose={onClose}>
      <div class={shared.facts}>
        <StatusWord status={row.status} />
        <Fact amount={row.count} one="time" />
        <Fact before="in" amount={row.traces} one="trace" />
        {example && example.users > 0 && <Fact amount={example.users} one="user" />}
      </div>
      <div class={style.box}>
        <bdi>{example?.message ?? row.message}</bdi>
      </div>
      {example && example.messages.length > 1 && (
        <p class="t2">
          Varies:{' '}
          {example.messages
            .slice(0, 4)
            .map((each) => `${each.message} (${count(each.count)})`)
            .join('; ')}
        </p>
      )}
      <div class={shared.actions}>
        <a class="btn pri" href={traces}>
          Show {plural(row.traces, 'trace')}
        </a>
        {example && (
          <a
            class="btn"
            data-newest
            href={contextHref(`/traces/${example.trace}`, { select: example.segment })}
          >
            Newest trace
          </a>
        )}
        <a class="btn" href={contextHref('/compare', { with: row.filter })}>
          What is different?
        </a>
      </div>
      {own.length > 0 ? (
        own
          .slice(0, 4)
          .map((frame, at) => (
            <FrameLines
              key={at}
              path={frame.path}
              line={frame.line}
              label={frame.label}
              fault={at === 0}
              excerpt={at === 0}
            />
          ))
      ) : row.file ? (
        <FrameLines path={row.file} line={row.line} label={row.place} fault excerpt />
      ) : (
        <p class={`t2 ${style.frames}`}>
          No line of your own code is known: the stack contains none, or no stack was recorded.
        </p>
      )}
      {library > 0 && (
        <details class={style.frames}>
          <summary>{plural(library, 'frame')} in libraries</summary>
          {example!.stack
            .filter((frame) => frame.library)
            .map((frame, at) => (
              <div key={at} class={`t3 ${style.place}`}>
                <bdi>
                  {frame.label ?? ''} {placeOf(frame.path, frame.line)}
                </bdi>
              </div>
            ))}
        </details>
      )}
      <h3>
        Since when{' '}
        <span>
          {whenOf(Math.max(row.first, table.from))} – {whenOf(row.last)}
        </span>
      </h3>
      <SparkBars
        tall
        values={row.trend}
        fault={row.status === 'fault'}
        words={`${plural(row.count, 'time')} between ${whenOf(row.first)} and ${whenOf(row.last)}`}
      />
      <TimeAxis table={table} />
      <SharedAttributes selection={selection} filter={row.filter} count={row.traces} />
      <h3>Where it is reported</h3>
      <RouteShares routes={row.routes} of={row.count} />
    </OverviewPanel>
  );
}

import type { ErrorExample, ErrorRow, ErrorTable } from 'local-xray/console-api';
import { placeOf } from '@nestjs-xray/trace';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { api } from '../../api/client';
import { IconButton } from '../../components/button';
import { SparkBars } from '../../components/spark';
import { StatusWord } from '../../components/status';
import { count, plural, shareFigure } from '../../model/format';
import { whenOf } from '../../model/list/when';
import { contextHref } from '../../router';
import { SharedAttributes } from '../shared/shared-attributes';
import shared from '../shared/overview.module.css';
import { askedOf, type Selection } from '../shared/page-controls';
import { FrameLines } from '../shared/frame-lines';
import style from './errors.module.css';

/** The selected kind: message, place with its lines, since when, what its traces share. */
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
    <aside class={shared.panel} aria-label="Selected error" tabIndex={0}>
      <div class={shared.panelHead}>
        <h2>
          <bdi>{row.type}</bdi>
        </h2>
        <IconButton icon="close" label="Close the panel (Esc)" onClick={onClose} />
      </div>
      <div class={shared.facts}>
        <StatusWord status={row.status} />
        <span>
          <b>{count(row.count)}</b> {row.count === 1 ? 'time' : 'times'}
        </span>
        <span>
          in <b>{count(row.traces)}</b> {row.traces === 1 ? 'trace' : 'traces'}
        </span>
        {example && example.users > 0 && (
          <span>
            <b>{count(example.users)}</b> {example.users === 1 ? 'user' : 'users'}
          </span>
        )}
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
          No line of your own code is known: the stack names none, or none was recorded.
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
      <div class={shared.axis}>
        <span>{whenOf(table.from)}</span>
        <span>{whenOf(table.from + table.width * table.slots)}</span>
      </div>
      <SharedAttributes selection={selection} filter={row.filter} count={row.traces} />
      <h3>Where it surfaces</h3>
      <table class={shared.mini}>
        <thead>
          <tr>
            <th scope="col">Route or job</th>
            <th scope="col" class="num">
              Count
            </th>
            <th scope="col" class="num">
              Share
            </th>
          </tr>
        </thead>
        <tbody>
          {row.routes.slice(0, 10).map((route) => (
            <tr key={route.name}>
              <td>
                <bdi>{route.name}</bdi>
              </td>
              <td class="num">{count(route.count)}</td>
              <td class="num">{shareFigure(route.count, row.count)} %</td>
            </tr>
          ))}
        </tbody>
      </table>
    </aside>
  );
}

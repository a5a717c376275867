import type { Finding } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { Glyph } from '../../components/status';
import { and } from '../../model/filter/filter-text';
import { duration, ms, plural, shareFigure, three } from '../../model/format';
import { hintName, hintWhat } from '../../model/hint-name';
import { whenOf } from '../../model/list/when';
import { contextHref } from '../../router';
import style from './routes.module.css';

/** The worst findings as sentences, each with a link to the page that explains it. */
export function LookFirst({
  findings,
  filter,
}: {
  findings: readonly Finding[];
  filter: string;
}): JSX.Element {
  return (
    <section class={style.todo} aria-label="Worth a look first">
      <h2>
        Look first <span class="t3">{findings.length}</span>
      </h2>
      {findings.map((finding) => (
        <Item key={finding.kind} finding={finding} filter={filter} />
      ))}
    </section>
  );
}

function Item({ finding, filter }: { finding: Finding; filter: string }): JSX.Element {
  const { route } = finding;
  const name = [route.method, route.name].filter(Boolean).join(' ');
  const traces = and(filter, route.filter);
  switch (finding.kind) {
    case 'slower':
      return (
        <Line
          to={contextHref('/compare', { with: route.filter, since: finding.since })}
          what={`${name} is ${three(finding.after / finding.before)} × slower`}
          cost={`since ${whenOf(finding.since)}`}
          why={`p95 ${ms(finding.before)} → ${ms(finding.after)} ms${
            finding.hint ? `. ${hintName(finding.hint.kind)}: ${hintWhat(finding.hint)}` : ''
          }`}
        />
      );
    case 'fails':
      return (
        <Line
          to={
            finding.exception
              ? contextHref('/errors', { select: finding.exception.name })
              : contextHref('/traces', { filter: and(traces, 'fault') })
          }
          fault
          what={`${name} fails in ${shareFigure(route.fault, route.count)} %`}
          cost={`${plural(route.fault, 'time')} since ${whenOf(finding.since)}`}
          why={
            finding.exception
              ? [finding.exception.name.split(':')[0], finding.exception.place]
                  .filter(Boolean)
                  .join(' in ')
              : 'No exception was recorded'
          }
        />
      );
    case 'hint': {
      const { hint } = finding;
      return (
        <Line
          to={contextHref('/traces', { filter: and(traces, `hint = "${hint.kind}"`) })}
          what={`${hintName(hint.kind)} in ${shareFigure(hint.traces, route.count)} % of ${name}`}
          cost={`${duration(hint.each)} each time`}
          why={
            hintWhat(hint) + (hint.place && hint.kind !== 'swallowed' ? `, in ${hint.place}` : '')
          }
        />
      );
    }
  }
}

function Line({
  to,
  what,
  cost,
  why,
  fault = false,
}: {
  to: string;
  what: string;
  cost: string;
  why: string;
  fault?: boolean;
}): JSX.Element {
  return (
    <a class={style.todoItem} href={to}>
      <span class={style.todoLine}>
        {fault && (
          <span class="s-fault">
            <Glyph name="fault" />
          </span>
        )}
        <b class="cut">{what}</b>
        <span class={style.todoCost}>{cost}</span>
      </span>
      <span class={`t2 cut ${style.todoWhy}`}>{why}</span>
    </a>
  );
}

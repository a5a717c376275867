import type { JSX } from 'preact';
import type { SamplingRuleRow } from 'local-xray/console-api';
import { count, dateTime, share } from '../../model/format';
import { conditions } from '../../model/sampling';
import { percent } from './tester';
import style from './sampling.module.css';

/** The rules in the order in which they are tried. */
export function RulesTable({
  rules,
  marked,
  note,
}: {
  rules: SamplingRuleRow[];
  /** Name of the highlighted rule, and the reason for it. */
  marked: string | undefined;
  note: string;
}): JSX.Element {
  return (
    <div class={style.tableFrame}>
      <table class={style.table}>
        <thead>
          <tr>
            <th scope="col" class={`num ${style.priority}`}>
              Priority
            </th>
            <th scope="col" class={style.rule}>
              Rule
            </th>
            <th scope="col" class={style.conditions}>
              Takes
            </th>
            <th scope="col" class="num">
              Reservoir, 1/s
            </th>
            <th scope="col" class="num">
              Rate
            </th>
            <th scope="col" class="num">
              Requests
            </th>
            <th scope="col" class="num">
              Sampled
            </th>
            <th scope="col" class="num">
              Share
            </th>
            <th scope="col" class="num">
              Borrowed
            </th>
            <th scope="col" class="num">
              Clients
            </th>
            <th scope="col" class={style.changed}>
              Changed
            </th>
          </tr>
        </thead>
        <tbody>
          {rules.map((rule) => (
            <tr key={rule.name} class={rule.name === marked ? style.marked : undefined}>
              <td class={`num ${style.priority} t3`} data-label="Priority">
                {count(rule.priority)}
              </td>
              <th scope="row" class={style.rule}>
                <b>
                  <bdi>{rule.name}</bdi>
                </b>
                {rule.name === marked && <span class="tag">{note}</span>}
              </th>
              <td class={style.conditions}>
                <span class="t2">{conditions(rule)}</span>
              </td>
              <td class="num" data-label="Reservoir">
                {count(rule.reservoirSize)}
              </td>
              <td class="num" data-label="Rate">
                {percent(rule.fixedRate)}
              </td>
              <td class="num" data-label="Requests">
                {count(rule.requests)}
              </td>
              <td class="num" data-label="Sampled">
                {count(rule.sampled)}
              </td>
              <td class="num t2" data-label="Share">
                {share(rule.sampled, rule.requests)}
              </td>
              <td class="num" data-label="Borrowed">
                {count(rule.borrowed)}
              </td>
              <td class="num" data-label="Clients">
                {count(rule.clients)}
              </td>
              <td class={`${style.changed} t2`} data-label="Changed">
                {rule.modifiedAt > 0 ? dateTime(rule.modifiedAt, { millis: false }) : '–'}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

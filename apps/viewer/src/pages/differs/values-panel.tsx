import type { Differences } from 'local-xray/console-api';
import type { JSX } from 'preact';
import { count } from '../../model/format';
import { OverviewPanel } from '../shared/overview-panel';
import type { DifferenceRow } from './difference-row';
import { Pair } from './pair';
import style from './differs.module.css';

/** The values of the chosen attribute, with their shares on both sides. */
export function ValuesPanel({
  data: { a, b, attributes },
  row,
  onClose,
}: {
  data: Differences;
  row: DifferenceRow;
  onClose: () => void;
}): JSX.Element {
  const values = attributes.find(({ name }) => name === row.attribute)?.values ?? [];
  return (
    <OverviewPanel label="Selected attribute" title={row.attribute} onClose={onClose}>
      <p class="t2">Values that differ, largest difference first.</p>
      <ul class={style.values}>
        {values.map((each) => (
          <li key={each.value}>
            <bdi class="cut" title={each.value}>
              {each.value}
            </bdi>
            <Pair here={each.a / Math.max(1, a.looked)} rest={each.b / Math.max(1, b.looked)} />
          </li>
        ))}
      </ul>
      <p class={style.panelNote}>
        Share of {count(a.looked)} selected and of {count(b.looked)} other traces, in %.
      </p>
    </OverviewPanel>
  );
}

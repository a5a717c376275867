import type { Driver } from '../store/driver';
import { manyTraces } from '../../test/support/many-traces';
import { T0 } from '../../test/support/trace-samples';
import type { Outcome } from '../console-api';
import { ReadContext } from './read-context';
import { readPage } from './trace-lists';

describe('a list of traces with one outcome', () => {
  it.each(['fault', 'throttle', 'error'] as Outcome[])(
    'follows the index of traces with trouble for %s',
    async (outcome) => {
      const driver = manyTraces(300);
      const asked: string[] = [];
      const spying: Driver = {
        ...driver,
        prepare: (text) => {
          asked.push(text);
          return driver.prepare(text);
        },
      };
      const query = { from: 0, to: T0 + 90_000, limit: 1000, outcomes: [outcome] };
      const { rows } = await readPage(new ReadContext(spying), query, new AbortController().signal);

      expect(rows.length).toBeGreaterThan(0);
      const order = asked.filter((text) => /FROM traces AS t .*ORDER BY/.test(text));
      expect(order.length).toBeGreaterThan(0);
      for (const text of order) expect(text).toContain('INDEXED BY traces_trouble');
      driver.close();
    },
  );
});

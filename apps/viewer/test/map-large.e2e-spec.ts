import type { Page } from 'playwright-core';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console } from './console';
import { TraceWriter, type WrittenTrace } from '../../../libs/trace/test/cruddur-traces.mjs';
import { soon } from '../../../test/support/soon';

const now = Date.now() / 1000;

/** A tree of services, each with a database of its own; number 17 and the last one fail. */
function services(amount: number, at: number): WrittenTrace {
  const w = new TraceWriter(at);
  const segments = [w.segment('service-0', 0, 1000)];
  for (let index = 1; index < amount; index++) {
    const parent = segments[Math.floor((index - 1) / 3)]!;
    const call = w.http(`service-${index}`, 'GET', '/', 200, index, 990 - index);
    const sql = { namespace: 'remote', sql: { sanitized_query: 'SELECT 1' } };
    const store = w.sub(`store-${index}@db-${index}.local`, index + 1, index + 5, sql);
    parent.subsegments = [...(parent.subsegments ?? []), call];
    segments.push(
      w.segment(
        `service-${index}`,
        index,
        980 - index,
        { parent_id: call.id, fault: index === 17 || index === amount - 1 },
        [store],
      ),
    );
  }
  return { traceId: w.traceId, segments };
}

describeInChromium('a large service map', () => {
  let xray: Console;
  const small = services(22, now - 40);
  const large = services(100, now - 20);
  beforeAll(async () => {
    xray = await Console.start();
    await xray.send([...small.segments, ...large.segments]);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const nodes = (page: Page) => page.locator('[data-node]');
  const named = (page: Page, name: string) =>
    page.getByRole('button', { name: new RegExp(`^${name} `) }).and(nodes(page));
  const open = async (trace: WrittenTrace, query = '', options = {}) => {
    const page = await xray.open(`/traces/${trace.traceId}/map${query}`, options);
    await nodes(page).first().waitFor();
    return page;
  };
  /** Which of the nodes or of their names reach beyond the frame, and which names lie over another. */
  const misplaced = (page: Page) =>
    page.evaluate(() => {
      const frame = document.querySelector('[role=group][aria-label=Map]')!.getBoundingClientRect();
      const names = [...document.querySelectorAll<HTMLElement>('[data-node]')].map((node) => ({
        name: node.querySelector('b')!.textContent,
        circle: node.getBoundingClientRect(),
        label: node.querySelector('b')!.getBoundingClientRect(),
      }));
      const out = names.filter(({ circle, label }) =>
        [circle, label].some(
          (box) =>
            box.left < frame.left - 1 ||
            box.right > frame.right + 1 ||
            box.top < frame.top - 1 ||
            box.bottom > frame.bottom + 1,
        ),
      );
      const over = names.filter((one, at) =>
        names
          .slice(at + 1)
          .some(
            ({ label: box }) =>
              box.left < one.label.right - 1 &&
              box.right > one.label.left + 1 &&
              box.top < one.label.bottom - 1 &&
              box.bottom > one.label.top + 1,
          ),
      );
      return { out: out.map(({ name }) => name), over: over.map(({ name }) => name) };
    });

  it.each([
    ['44 nodes', small, 23],
    ['200 nodes', large, 101],
  ])(
    'opens fitted, with every name and every node with faults visible: %s',
    async (_, trace, shown) => {
      const page = await open(trace);
      await page.getByRole('button', { name: /Fold stores/, pressed: true }).waitFor();
      await soon(async () => {
        expect(await nodes(page).count()).toBe(shown);
        expect(await misplaced(page)).toEqual({ out: [], over: [] });
      });
      expect(await named(page, 'service-17').innerText()).toContain('100 % fault');
      // Names are read at the size they have anywhere else, or little less.
      const height = await named(page, 'service-17').locator('b').boundingBox();
      expect(height!.height).toBeGreaterThan(8);
      expect(page.problems).toEqual([]);
    },
  );

  it('shows numbers only at edges of the selection, until there is space for all', async () => {
    const page = await open(small);
    const figures = page.getByRole('button', { name: / to .*: / });
    expect(await figures.count()).toBe(0);
    await named(page, 'service-1').click();
    await soon(async () => {
      const near = await figures.count();
      expect(near).toBeGreaterThan(2);
      expect(near).toBeLessThan(8);
    });
    for (let step = 0; step < 5; step++) await page.getByRole('button', { name: 'Larger' }).click();
    await page.waitForURL(/zoom=/);
    await soon(async () => expect(await figures.count()).toBeGreaterThan(20));
  });

  it('highlights the neighbours of the selection, and dims no node with faults', async () => {
    const page = await open(small);
    await named(page, 'service-1').click();
    const far = page.locator('[data-node][data-far]');
    await far.filter({ hasText: 'service-20' }).first().waitFor();
    const names = await far.locator('b').allInnerTexts();
    for (const lit of ['service-0', 'service-1', 'service-4', 'service-17', 'service-21']) {
      expect(names).not.toContain(lit);
    }
    const panel = page.getByRole('complementary', { name: 'Selected node' });
    await panel.getByRole('button', { name: /service-17/ }).click();
    await page.getByRole('heading', { name: 'service-17' }).waitFor();
  });

  it('unfolds databases by a key, and the one that is selected in the panel', async () => {
    const page = await open(small);
    await page.keyboard.press('u');
    await page.waitForURL(/stores=shown/);
    await soon(async () => expect(await nodes(page).count()).toBe(44));
    await page.keyboard.press('u');
    await page.waitForURL(/stores=folded/);
    await named(page, 'service-1').click();
    const panel = page.getByRole('complementary', { name: 'Selected node' });
    await panel.getByRole('button', { name: /store-1|db-1/ }).click();
    await page.getByRole('complementary', { name: 'Selected edge' }).waitFor();
    await soon(async () => expect(await nodes(page).count()).toBe(24));
  });

  it.each([400, 800, 1440])(
    'shows all numbers of the table, however long the names are, at %i px',
    async (width) => {
      const w = new TraceWriter(now - 60);
      const name = `a-service-with-${'a-very-long-name-'.repeat(8)}`;
      const call = w.http(name, 'GET', '/', 200, 1, 90);
      await xray.send([w.segment('caller', 0, 100, {}, [call])]);
      const page = await xray.open(`/traces/${w.traceId}/map?as=table`, {
        viewport: { width, height: 900 },
      });
      const row = page.getByRole('table', { name: 'Nodes' }).getByRole('row', { name });
      await row.waitFor();
      for (const cell of await row.getByRole('cell').all()) {
        const box = await cell.boundingBox();
        if (box) expect(box.x + box.width).toBeLessThanOrEqual(width + 1);
      }
      expect(await row.getByText(/×/).isVisible()).toBe(true);
      expect(await row.getByText('100 % ok').or(row.getByText(/^ok$/)).first().isVisible()).toBe(
        true,
      );
    },
  );

  it('shows a part on a telephone, and the panel as a sheet', async () => {
    const page = await open(large, '', { viewport: { width: 400, height: 800 } });
    await named(page, 'service-17').waitFor();
    await soon(async () => expect(await nodes(page).count()).toBeLessThan(10));
    const sheet = page.getByRole('button', { name: /in trouble/ });
    await soon(async () => {
      const bar = await sheet.boundingBox();
      expect(Math.round(bar!.y + bar!.height)).toBe(800);
      expect(bar!.height).toBe(56);
    });
    await sheet.click();
    await page.getByRole('button', { name: /service-99/ }).click();
    await named(page, 'service-99').waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    expect(page.problems).toEqual([]);
  });

  it.each(['light', 'dark'])('has nothing for axe to find, %s', async (theme) => {
    const page = await open(small, `?theme=${theme}`);
    await named(page, 'service-1').click();
    await page.locator('[data-node][data-far]').first().waitFor();
    expect(await violations(page)).toEqual([]);
  });
});

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
      await page.getByRole('button', { name: /Fold databases/, pressed: true }).waitFor();
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

  const field = (page: Page) => page.getByRole('combobox', { name: 'Find a node' });
  /** The name of the node that has the focus. */
  const focused = (page: Page) =>
    page.evaluate(() => document.activeElement?.querySelector('b, bdi')?.textContent);

  it('finds a node by a part of its name, selects it, and moves the focus to it', async () => {
    const page = await open(small);
    await page.keyboard.press('f');
    await field(page).pressSequentially('ICE-1');
    const options = page.getByRole('option');
    await options.filter({ hasText: /^service-17Service.*fault/ }).waitFor();
    await page.getByText('11 nodes found').waitFor();
    expect(await violations(page)).toEqual([]);

    await field(page).pressSequentially('8');
    await page.getByText('1 node found').waitFor();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'service-18', exact: true }).waitFor();
    await soon(async () => expect(await focused(page)).toBe('service-18'));
    await page.waitForURL(/sel=/);
    await options.first().waitFor({ state: 'detached' });
    expect(page.problems).toEqual([]);
  });

  it('selects by the arrow keys, and clears the field with Escape', async () => {
    const page = await open(small);
    await field(page).fill('service-2');
    await page.getByText('3 nodes found').waitFor();
    for (const key of ['ArrowDown', 'ArrowDown', 'ArrowUp']) await page.keyboard.press(key);
    await page
      .getByRole('option', { selected: true })
      .filter({ hasText: /^service-2Service/ })
      .waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('option').first().waitFor({ state: 'detached' });
    await soon(async () => expect(await field(page).inputValue()).toBe(''));
    await field(page).fill('nowhere');
    await page.getByText('No node has this text in its name.').waitFor();
    await page.keyboard.press('Enter');
    // Nothing was found, so nothing is selected, and the text remains to be edited.
    expect(await field(page).inputValue()).toBe('nowhere');
    await page.getByRole('complementary', { name: 'The whole map' }).waitFor();
  });

  it('finds a folded database, and scrolls to it on a map that is zoomed in', async () => {
    const page = await open(small, '?zoom=2');
    await field(page).fill('db-21');
    await page.getByRole('option').first().click();
    await soon(async () => {
      expect(await focused(page)).toBe('store-21@db-21.local');
      const [frame, box] = await Promise.all([
        page.getByRole('group', { name: 'Map', exact: true }).boundingBox(),
        page.locator('[data-node]:focus').boundingBox(),
      ]);
      expect(box!.x).toBeGreaterThan(frame!.x);
      expect(box!.x + box!.width).toBeLessThan(frame!.x + frame!.width);
      expect(box!.y).toBeGreaterThan(frame!.y);
      expect(box!.y + box!.height).toBeLessThan(frame!.y + frame!.height);
    });
  });

  it.each([
    ['the table', '?as=table', {}],
    ['a phone', '', { viewport: { width: 400, height: 800 } }],
  ])('finds a node on %s', async (_, query, options) => {
    const page = await open(large, query, options);
    await field(page).fill('service-88');
    await page.getByText('1 node found').waitFor();
    await page.keyboard.press('Enter');
    await soon(async () => expect(await focused(page)).toBe('service-88'));
    const inSight = await page
      .locator('[data-node]:focus')
      .evaluate((node) => node.getBoundingClientRect().bottom <= innerHeight);
    expect(inSight).toBe(true);
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

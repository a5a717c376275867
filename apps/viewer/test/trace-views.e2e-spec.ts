import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console } from './console';
import { faultyPost, largeTrace, TraceWriter } from '../../../libs/trace/test/cruddur-traces.mjs';
import { soon } from '../../../test/support/soon';

const now = Math.floor(Date.now() / 1000);
const faulty = faultyPost(now - 30);
const large = largeTrace(now - 200);
const payload = '<img src=x onerror=alert(1)><script>alert(2)</script>';
const hostile = ((w: TraceWriter) => ({
  traceId: w.traceId,
  segments: [
    w.segment('api', 0, 100, {}, [
      w.query(`SELECT '${payload}' FROM "${payload}"`, 0, 40),
      w.http(payload, 'GET', `/${payload}`, 200, 40, 90),
    ]),
  ],
}))(new TraceWriter(now - 10));

/** A trace of 300 names and its segment. */
const names = ((w: TraceWriter) => ({
  traceId: w.traceId,
  segments: [
    w.segment(
      'many',
      0,
      400,
      {},
      Array.from({ length: 300 }, (_, each) => w.sub(`Name${each}.run`, each, each + 1)),
    ),
  ],
}))(new TraceWriter(now - 20));

const at = (view: string, trace = faulty) => `/traces/${trace.traceId}/${view}`;

describeInChromium('the other views of one trace', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    await xray.send([
      ...faulty.segments,
      ...large.segments,
      ...hostile.segments,
      ...names.segments,
    ]);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  describe('statistics by name', () => {
    it('count, add up and rank what ran', async () => {
      const page = await xray.open(at('statistics'));
      const cells = page
        .getByRole('row')
        .filter({ hasText: 'FROM users WHERE uuid' })
        .getByRole('cell');

      await cells.first().waitFor();
      expect((await cells.allInnerTexts()).slice(0, 7)).toEqual([
        '48',
        '547',
        '547',
        '11.4',
        '11.4',
        '11.4',
        '0',
      ]);
      expect(page.problems).toEqual([]);
    });

    it('are sorted by any column, also after a reload', async () => {
      const page = await xray.open(at('statistics'));
      const first = page.locator('tbody tr').first();
      await first.waitFor();
      await page.getByRole('button', { name: 'Count' }).click();
      await soon(async () =>
        expect(await first.innerText()).toContain('FROM users WHERE uuid = $1'),
      );
      await page.getByRole('button', { name: 'Count' }).click();
      await page.waitForURL(/sort=count/);
      await page.reload();
      await first.waitFor();
      expect(
        await page.getByRole('columnheader', { name: 'Count' }).getAttribute('aria-sort'),
      ).toBe('ascending');
    });

    it.each([1024, 720, 400])('keep every figure at %i px', async (width) => {
      const page = await xray.open(at('statistics'), { viewport: { width, height: 800 } });
      const row = page.locator('tbody tr').filter({ hasText: 'FROM users WHERE uuid' });
      await row.waitFor();
      const cells = row.getByRole('cell', { includeHidden: true });
      expect(await cells.count()).toBe(8);
      for (const cell of await cells.all()) expect(await cell.isVisible()).toBe(true);
      expect(await cells.last().innerText()).toMatch(/%$/);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
    });

    it('have rows of the same height as their names, also on a telephone', async () => {
      const page = await xray.open(at('statistics', names), {
        viewport: { width: 400, height: 800 },
      });
      const rows = page.locator('tbody tr[aria-rowindex]');
      await rows.first().waitFor();
      const height = await rows.first().evaluate((row) => row.getBoundingClientRect().height);
      const body = await page
        .locator('tbody')
        .evaluate((all) => all.getBoundingClientRect().height);
      expect(body).toBeCloseTo(301 * height, -1);
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await page.locator('tbody tr[aria-rowindex="302"]').waitFor();
    });

    it('lead to the first call in the waterfall', async () => {
      const page = await xray.open(at('statistics'));
      await page.getByRole('link', { name: 'PushService.deliver' }).click();
      await page.waitForURL(/\/traces\/[^/]+\?select=[0-9a-f]{16}/);
    });
  });

  describe('the flame graph', () => {
    it('merges calls with the same parent, and describes the selected frame', async () => {
      const page = await xray.open(at('flame'));
      await page
        .getByRole('treeitem', { name: /^SELECT … FROM users WHERE uuid = \$1 × 48/ })
        .click();

      const facts = page.getByRole('region', { name: 'Selected frame' });
      await soon(async () =>
        expect((await facts.innerText()).replace(/\s+/g, ' ')).toMatch(
          /Calls 48 Total 547ms Self 547ms/,
        ),
      );
      expect(page.problems).toEqual([]);
    });

    it('is navigated and zoomed by keyboard, and the address keeps both', async () => {
      const page = await xray.open(at('flame'));
      await page.getByRole('treeitem', { name: /^backend-nest/ }).focus();
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('ArrowDown');
      await page.keyboard.press('Enter');
      const frame = page.getByRole('treeitem', { name: /^FeedService.fanOut/ });
      const full = await page.getByRole('tree').evaluate((tree) => tree.clientWidth);
      const fills = async () => {
        expect(await frame.evaluate((one) => one.clientWidth)).toBeGreaterThan(full - 4);
      };
      await soon(async () => expect(await frame.getAttribute('aria-selected')).toBe('true'));
      await soon(fills);

      await page.waitForURL(/focus=/);
      await page.reload();
      await frame.waitFor();
      await soon(fills);
      await page.keyboard.press('0');
      await page.waitForURL((url) => !url.searchParams.has('focus'));
    });

    it('shows which share of the time the matches of a search took', async () => {
      const page = await xray.open(at('flame'));
      await page.getByRole('treeitem').first().waitFor();
      await page.keyboard.press('/');
      await page.keyboard.type('select');
      await page.getByText(/^\d+ frames?, \d+ % of the time$/).waitFor();
    });

    it('clears the search on Escape, then leaves it, and only then ends the zoom', async () => {
      const page = await xray.open(at('flame'));
      const field = page.getByRole('textbox', { name: 'Search names' });
      const whole = page.getByRole('button', { name: 'Whole trace' });
      await page.getByRole('treeitem', { name: /^FeedService.fanOut/ }).dblclick();
      await page.keyboard.press('/');
      await page.keyboard.type('select');

      await page.keyboard.press('Escape');
      const focused = () => field.evaluate((one) => one === document.activeElement);
      await soon(async () => expect(await field.inputValue()).toBe(''));
      expect(await focused()).toBe(true);
      await page.keyboard.press('Escape');
      await soon(async () => expect(await focused()).toBe(false));
      expect(await whole.isEnabled()).toBe(true);
      await page.keyboard.press('Escape');
      await page.locator('button:disabled', { hasText: 'Whole trace' }).waitFor();
    });

    it('renders only the visible ones of 5,000 subsegments', async () => {
      const page = await xray.open(at('flame', large));
      await page.getByRole('treeitem', { name: /ImportService.findUser/ }).waitFor();
      expect(await page.getByRole('treeitem').count()).toBeLessThan(2_500);
    });
  });

  describe('the other views of a trace', () => {
    it.each(['statistics', 'flame'])('show a payload in every string as text: %s', async (view) => {
      const page = await xray.open(at(view, hostile));
      await page.getByText('<script>alert(2)</script>').first().waitFor();
      expect(await page.locator('img, main script').count()).toBe(0);
      expect(page.problems).toEqual([]);
    });

    it.each(
      ['statistics', 'flame'].flatMap((view) => [
        [view, 'light'],
        [view, 'dark'],
      ]),
    )('have nothing that axe objects to: %s, %s', async (view, theme) => {
      const page = await xray.open(`${at(view)}?theme=${theme}`);
      await page.locator('[role=treeitem], tbody tr').first().waitFor();
      expect(await violations(page)).toEqual([]);
    });

    it('render only the visible rows of 5,000 names', async () => {
      const w = new TraceWriter(Date.now() / 1000 - 30);
      const names = Array.from({ length: 5_000 }, (_, index) =>
        w.sub(`item ${String.fromCodePoint(0x4e00 + index)}`, index / 5, (index + 1) / 5),
      );
      await xray.send([w.segment('names', 0, 1000, {}, names)]);
      const page = await xray.open(`/traces/${w.traceId}/statistics`);
      await page.getByText('5,001 names').waitFor();
      const rows = page.locator('tbody tr:not([aria-hidden])');
      expect(await rows.count()).toBeLessThan(80);
      expect(await page.getByRole('table').getAttribute('aria-rowcount')).toBe('5002');
      await page.getByRole('button', { name: /^Name/ }).click();
      const first = await rows.first().innerText();
      await page.evaluate(() => window.scrollTo(0, document.body.scrollHeight));
      await page.locator('tr[aria-rowindex="5002"]').waitFor();
      expect(await rows.count()).toBeLessThan(80);
      await page.evaluate(() => window.scrollTo(0, 0));
      await page.locator('tr[aria-rowindex="2"]').waitFor();
      expect(await rows.first().innerText()).toBe(first);
      expect(page.problems).toEqual([]);
    });

    it.each(['statistics', 'flame'])('fit a telephone: %s', async (view) => {
      const page = await xray.open(at(view), { viewport: { width: 400, height: 800 } });
      await page.locator('[role=treeitem], tbody tr').first().waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    });
  });
});

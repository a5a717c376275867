import { faultyPost, goodPost, home } from '../../../libs/trace/test/cruddur-traces.mjs';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console, type ConsolePage } from './console';
import { soon } from '../../../test/support/soon';

const T0 = Math.floor(Date.now() / 1000) - 300;

describeInChromium('the pages over many traces', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    const traces = [
      ...Array.from({ length: 12 }, (_, at) => home(T0 + at)),
      ...Array.from({ length: 4 }, (_, at) => faultyPost(T0 + 60 + at)),
      ...Array.from({ length: 8 }, (_, at) => goodPost(T0 + 90 + at)),
    ];
    await xray.send(traces.flatMap(({ segments }) => segments));
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const rowOf = (page: ConsolePage, text: string) =>
    page.locator('tbody tr').filter({ hasText: text }).first();

  it('begin at Routes, most time first', async () => {
    const page = await xray.open('/');
    const rows = page.locator('tbody tr');
    await rows.first().waitFor();

    expect(await page.locator('nav [aria-current=page]').innerText()).toBe('Routes');
    await soon(async () =>
      expect(await rows.first().innerText()).toMatch(/POST\s*\/api\/activities/),
    );
    expect(page.problems).toEqual([]);
  });

  it('lead from a route to its traces, and back', async () => {
    const page = await xray.open('/routes?range=1h');
    await rowOf(page, '/api/activities/home').getByRole('link').click();

    await page.waitForURL(/\/traces\?/);
    const query = new URL(page.url()).searchParams;
    expect(query.get('filter')).toBe('route = "GET /api/activities/home"');
    expect(query.get('range')).toBe('1h');
    await page.getByText('12', { exact: true }).first().waitFor();
    await page.goBack();
    await page.waitForURL(/\/routes\?range=1h$/);
    expect(page.problems).toEqual([]);
  });

  it('lead from "something fails" to the line in three clicks', async () => {
    const page = await xray.open('/');
    // 1: the finding, 2: the newest trace; there the line stands without another click.
    await page.getByRole('link', { name: /POST \/api\/activities fails/ }).click();
    await page.getByRole('link', { name: 'push.service.ts:58' }).first().waitFor();
    await page.getByRole('link', { name: 'Newest trace' }).click();
    await page.waitForURL(/\/traces\/1-/);
    await page.getByText('push.service.ts:58').first().waitFor();
    expect(page.problems).toEqual([]);
  });

  it('do the same by the keyboard alone', async () => {
    const page = await xray.open('/');
    await page.locator('tbody tr').first().waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('e');
    await page.waitForURL(/\/errors/);
    await page.getByRole('link', { name: 'Newest trace' }).waitFor();
    await page.keyboard.press('e');
    await page.waitForURL(/\/traces\/1-/);
    await page.getByText('push.service.ts:58').first().waitFor();
  });

  it('show what is broken, and what its traces have in common', async () => {
    const page = await xray.open('/errors');
    const panel = page.getByRole('complementary', { name: 'Selected error' });
    await panel.getByText("reading 'Attributes'").waitFor();
    await panel.getByText('What its traces share').waitFor();
    await panel.getByRole('link', { name: 'Show 4 traces' }).click();
    await page.waitForURL(/\/traces\?/);
    expect(new URL(page.url()).searchParams.get('filter')).toMatch(/^exception = "TypeError: /);
    expect(page.problems).toEqual([]);
  });

  it('show which statement takes most time, and that it is an N+1', async () => {
    const page = await xray.open('/queries');
    const row = rowOf(page, 'WHERE uuid = $1');
    await row.waitFor();
    await soon(async () =>
      expect(await row.innerText()).toMatch(/N\+1\s*in 33\.3 % of POST \/api\/activities/),
    );
    await row.click();
    const panel = page.getByRole('complementary', { name: 'Selected statement' });
    await panel.getByText('FeedService.fanOut').first().waitFor();
    await page.getByRole('button', { name: /^N\+1/ }).click();
    await page.waitForFunction(
      () => document.querySelectorAll('[aria-label=Queries] tbody tr').length === 1,
    );
    expect(page.problems).toEqual([]);
  });

  it('show what failed traces have more often, and filter by it', async () => {
    const page = await xray.open('/errors');
    await page.getByRole('link', { name: 'What is different?' }).click();
    await page.waitForURL(/\/compare\?with=/);
    const row = rowOf(page, 'http.status');
    await row.waitFor();
    await soon(async () =>
      expect(await row.innerText()).toMatch(/500\s*100\.0\s*0\s*4\s*0\s*only here/),
    );
    expect(await violations(page)).toEqual([]);
    await row.getByRole('button', { name: 'Only these' }).click();
    await page.waitForURL(/\/traces\?/);
    expect(new URL(page.url()).searchParams.get('filter')).toContain('http.status = 500');
    expect(page.problems).toEqual([]);
  });

  it('keep the filter from page to page', async () => {
    const page = await xray.open('/routes?filter=fault');
    await page.locator('tbody tr').first().waitFor();
    for (const name of ['Errors', 'Queries', 'Traces', 'Routes']) {
      await page.getByRole('link', { name, exact: true }).click();
      await page.waitForURL(new RegExp(`/${name.toLowerCase()}\\?filter=fault`));
    }
  });

  it('show what to do if the range is empty', async () => {
    const page = await xray.open(`/routes?range=${T0 - 2000}-${T0 - 1000}`);
    await page
      .getByRole('button', { name: /^Show the last/ })
      .first()
      .click();
    await page.locator('tbody tr').first().waitFor();
    expect(page.problems).toEqual([]);
  });

  it('show what is wrong with a filter, and keep the last result', async () => {
    const page = await xray.open('/routes');
    await page.locator('tbody tr').first().waitFor();
    await page.getByRole('combobox').fill('foult');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
  });

  it.each(
    ['routes', 'errors', 'queries'].flatMap(
      (path) =>
        [
          [path, 'light'],
          [path, 'dark'],
        ] as const,
    ),
  )('%s has no violation in the %s theme', async (path, colorScheme) => {
    const page = await xray.open(`/${path}`, { colorScheme: colorScheme });
    await page.locator('tbody tr').first().waitFor();
    if (path !== 'routes') await page.getByRole('complementary').waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it.each(['errors', 'queries'])(
    'show on a telephone what is selected on %s as a sheet',
    async (path) => {
      const page = await xray.open(`/${path}`, { viewport: { width: 400, height: 800 } });
      const rows = page.locator('tbody tr');
      await rows.first().waitFor();
      const bar = page.locator('main button[aria-expanded]').last();
      const panel = page.getByRole('complementary');
      await page.waitForFunction(() => {
        const all = document.querySelectorAll('main button[aria-expanded]');
        const box = all[all.length - 1]!.getBoundingClientRect();
        return Math.round(box.bottom) === 800 && box.height === 56;
      });
      expect(await panel.isVisible()).toBe(false);
      await bar.click();
      await panel.waitFor();
      expect(await violations(page)).toEqual([]);
      await bar.click();
      await panel.waitFor({ state: 'hidden' });
      // A tap on a row opens it too, and it can be closed whole.
      await rows.first().click({ position: { x: 200, y: 8 } });
      await panel.waitFor();
      await panel.getByRole('button', { name: 'Close the panel' }).click();
      await panel.waitFor({ state: 'detached' });
      await rows.first().click({ position: { x: 200, y: 8 } });
      await panel.waitFor();
      expect(page.problems).toEqual([]);
    },
  );

  it.each([1440, 1024, 400])('fit into %d pixels', async (width) => {
    for (const path of ['routes', 'errors', 'queries']) {
      const page = await xray.open(`/${path}`, { viewport: { width, height: 900 } });
      await page.locator('tbody tr').first().waitFor();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
    }
  });
});

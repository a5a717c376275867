import type { Page } from 'playwright-core';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console } from './console';
import { TraceWriter } from '../../../libs/trace/test/cruddur-traces.mjs';

const HERE = 'apps/viewer/test/trace-source.e2e-spec.ts';
const panel = (page: Page) => page.getByRole('complementary', { name: 'Detail' });
const row = (page: Page, name: string) =>
  page.getByRole('treegrid').locator(`[data-name="${name}"]`).first();

describeInChromium('the line of code', () => {
  let xray: Console;
  const source = (place: string) => ({ metadata: { nest: { source: place } } });
  const w = new TraceWriter(Date.now() / 1000 - 20);
  const trace = {
    traceId: w.traceId,
    segments: [
      w.segment('shop', 0, 100, source(`${HERE}:8`), [
        w.sub('Cart.total', 5, 90, source(`${HERE}:9`), [
          w.sub('db', 10, 20, { namespace: 'remote', sql: { sanitized_query: 'SELECT 1' } }),
          w.sub('Cart.lost', 30, 40, source('src/not/here.ts:3')),
        ]),
      ]),
      { ...w.segment('bare', 0, 50, {}, [w.sub('Bare.work', 1, 9)]), parent_id: undefined },
    ],
  };

  beforeAll(async () => {
    // Neither folder nor anything else is named: the project that local X-Ray is started in.
    xray = await Console.start();
    await xray.send(trace.segments);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const open = async (name: string, query = '') => {
    const page = await xray.open(`/traces/${trace.traceId}${query}`);
    await row(page, name).click();
    return page;
  };

  it('is shown in Overview of a method and of a handler, with its lines and a link to the editor', async () => {
    const page = await open('Cart.total');
    const excerpt = panel(page).getByRole('group', { name: 'Source near line 9' });
    await excerpt.waitFor();
    expect((await excerpt.innerText()).split('\n')[1]).toContain('const row = (page: Page');
    const link = panel(page).getByRole('link', { name: `${HERE}:9` });
    expect(await link.getAttribute('href')).toBe(`vscode://file${process.cwd()}/${HERE}:9`);
    expect(await panel(page).getByText('Called in shop,').count()).toBe(1);
    await row(page, 'shop').click();
    await panel(page).getByRole('group', { name: 'Source near line 8' }).waitFor();
    expect(page.problems).toEqual([]);
  });

  it.each([1440, 1024])(
    'is shown in the panel of Queries without making it wider, at %i px',
    async (width) => {
      const page = await xray.open('/queries', { viewport: { width, height: 900 } });
      const statement = page.getByRole('complementary', { name: 'Selected statement' });
      await statement.getByRole('group', { name: 'Source near line 9' }).waitFor();
      const [callers, whole] = await statement.evaluate((aside) =>
        [aside.querySelector('table')!, aside].map((each) => each.getBoundingClientRect().right),
      );
      expect(callers).toBeLessThanOrEqual(whole!);
    },
  );

  it('is that of the method that made a query', async () => {
    const page = await open('db');
    await panel(page).getByRole('tab', { name: 'Overview' }).click();
    await panel(page).getByText('Called in Cart.total,').waitFor();
    await panel(page).getByRole('group', { name: 'Source near line 9' }).waitFor();
  });

  it('is never guessed: the page says why there are no lines', async () => {
    const page = await open('Cart.lost');
    await panel(page)
      .getByText(/There is no such source file in .* --source/)
      .waitFor();
    expect(await panel(page).locator('a[data-source][href*="not/here"]').count()).toBe(0);
    await row(page, 'Bare.work').click();
    await panel(page).getByText('Its source line is unknown.').waitFor();
  });

  it('opens by a key', async () => {
    const page = await open('Cart.total');
    await panel(page)
      .getByRole('link', { name: `${HERE}:9` })
      .waitFor();
    await page.evaluate(`document.addEventListener('click', (event) => {
      const link = event.target.closest('a[data-source]');
      if (link) { event.preventDefault(); window.opened = link.href; }
    }, true)`);
    await page.keyboard.press('o');
    await page.waitForFunction('window.opened');
    expect(await page.evaluate('window.opened')).toMatch(/^vscode:.*trace-source.e2e-spec.ts:9$/);
  });

  it.each(['light', 'dark'])('has nothing for axe to find, %s', async (theme) => {
    const page = await open('Cart.total', `?theme=${theme}`);
    await panel(page).getByRole('group', { name: 'Source near line 9' }).waitFor();
    expect(await violations(page, 'aside')).toEqual([]);
  });
});

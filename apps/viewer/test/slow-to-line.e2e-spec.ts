import { TraceWriter } from '../../../libs/trace/test/cruddur-traces.mjs';
import { describeInChromium } from './chromium';
import { Console, type ConsolePage } from './console';

const T0 = Date.now() / 1000 - 200;
const HERE = 'apps/viewer/test/slow-to-line.e2e-spec.ts';

/** A request whose time is lost in `Search.rank`, two calls down. */
function search(start: number, took: number) {
  const source = (line: number) => ({ metadata: { nest: { source: `${HERE}:${line}` } } });
  const w = new TraceWriter(start);
  return w.segment(
    'shop',
    0,
    took + 10,
    {
      ...source(1),
      annotations: { http_route: '/api/search' },
      http: {
        request: { method: 'GET', url: 'http://shop/api/search' },
        response: { status: 200 },
      },
    },
    [
      w.sub('Search.parse', 1, 3, source(2)),
      w.sub('Search.find', 4, took + 8, source(3), [w.sub('Search.rank', 6, took + 6, source(6))]),
    ],
  );
}

function ping(start: number) {
  const w = new TraceWriter(start);
  return w.segment('shop', 0, 2, {
    annotations: { http_route: '/ping' },
    http: { request: { method: 'GET', url: 'http://shop/ping' }, response: { status: 200 } },
  });
}

describeInChromium('from "something is slow" to the line', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    const starts = Array.from({ length: 8 }, (_, at) => T0 + at * 10);
    await xray.send(starts.flatMap((start, at) => [search(start, 900 + at * 50), ping(start + 1)]));
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const line = (page: ConsolePage) =>
    page
      .getByRole('complementary', { name: 'Detail' })
      .getByRole('group', { name: 'Source near line 6' });

  /** The page, and how often it was clicked. */
  const open = async (options = {}) => {
    const page = await xray.open('/routes', options);
    await page.evaluate(() => {
      const count = (event: MouseEvent) => {
        // Enter on a link is a click without a pointer.
        if (event.detail > 0) sessionStorage.clicks = Number(sessionStorage.clicks ?? 0) + 1;
      };
      addEventListener('click', count, true);
    });
    await page.locator('tbody tr').first().waitFor();
    return page;
  };
  const clicks = (page: ConsolePage) => page.evaluate(() => Number(sessionStorage.clicks ?? 0));

  it.each([1440, 1024, 400])('takes three clicks at %i px', async (width) => {
    const page = await open({ viewport: { width, height: 900 } });
    // The route with the most time stands first; then a trace of it, and the longest bar in it.
    await page.locator('tbody tr').first().click();
    await page.waitForURL(/\/traces\?/);
    await page.locator('[data-id]').first().getByRole('link').click();
    await page.waitForURL(/\/traces\/1-/);
    await page.getByRole('treegrid').waitFor();
    await page.getByRole('treegrid').locator('[data-name="Search.rank"]').first().click();
    await line(page).waitFor();
    expect(await clicks(page)).toBe(3);
    expect(page.problems).toEqual([]);
  });

  it('can be reached by the keyboard alone', async () => {
    const page = await open();
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/traces\?/);
    await page.locator('[data-id]').first().waitFor();
    await page.keyboard.press('j');
    await page.waitForFunction(() => document.activeElement?.closest('[data-id]') != null);
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/traces\/1-/);
    await page.getByRole('treegrid').waitFor();
    const selected = page.locator('[role=treegrid] [aria-selected=true]');
    for (const name of ['Search.parse', 'Search.find', 'Search.rank']) {
      await page.keyboard.press('j');
      await page.locator(`[role=treegrid] [aria-selected=true][data-name="${name}"]`).waitFor();
    }
    expect(await selected.count()).toBe(1);
    await line(page).waitFor();
    expect(await clicks(page)).toBe(0);
    expect(page.problems).toEqual([]);
  });
});

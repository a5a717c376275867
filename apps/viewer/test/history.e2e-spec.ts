import { faultyPost, goodPost, home } from '../../../libs/trace/test/cruddur-traces.mjs';
import { describeInChromium } from './chromium';
import { Console, type ConsolePage } from './console';

const T0 = Math.floor(Date.now() / 1000) - 300;

describeInChromium('Back and Forward on the lists', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    const traces = [
      ...Array.from({ length: 6 }, (_, at) => home(T0 + at)),
      ...Array.from({ length: 4 }, (_, at) => faultyPost(T0 + 60 + at)),
      ...Array.from({ length: 4 }, (_, at) => goodPost(T0 + 90 + at)),
    ];
    await xray.send(traces.flatMap(({ segments }) => segments));
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const rows = (page: ConsolePage) => page.locator('tbody tr, [data-id], [data-node]');
  const entries = (page: ConsolePage) => page.evaluate(() => history.length);
  const field = (page: ConsolePage) => page.getByRole('combobox', { name: 'Filter expression' });
  /** What the page shows of the address (expression, range, sorted column, pressed buttons), once it is as asked. */
  const look = async (page: ConsolePage, asked: { is?: string; not?: string } = {}) => {
    const found = await page.waitForFunction(({ is, not }) => {
      const texts = (selector: string) =>
        [...document.querySelectorAll(selector)].map((each) =>
          `${each.textContent} ${each.ariaSort}`.replace(/[^a-z+ ]/gi, ''),
        );
      const text = JSON.stringify([
        document.querySelector<HTMLInputElement>('[role=combobox]')?.value,
        texts('main [aria-haspopup=listbox]'),
        texts('[aria-sort]'),
        texts('main [aria-pressed=true]'),
      ]);
      return (is === undefined || text === is) && text !== not && text;
    }, asked);
    return (await found.jsonValue()) as string;
  };

  const type = async (page: ConsolePage) => {
    await field(page).pressSequentially('responsetime > 0.001', { delay: 20 });
    await page.keyboard.press('Enter');
    await page.keyboard.press('Escape');
  };
  const lastHour = async (page: ConsolePage) => {
    await page.getByRole('button', { name: 'Time range' }).click();
    await page.getByRole('option', { name: /hour/ }).first().click();
  };
  const sortBy = (heading: string) => (page: ConsolePage) =>
    page.getByRole('columnheader').getByRole('button', { name: heading }).first().click();
  const sorted = (page: ConsolePage, heading: string) =>
    page.locator('[aria-sort]').filter({ hasText: heading });
  const press = (name: RegExp) => (page: ConsolePage) =>
    page.locator('main').getByRole('button', { name }).first().click();

  const firstService = (page: ConsolePage) =>
    page.getByRole('group', { name: 'Service' }).getByRole('button').first().click();

  it.each<[string, ((page: ConsolePage) => Promise<void>)[]]>([
    ['routes', [type, lastHour, sortBy('p95'), press(/^User/), firstService]],
    ['errors', [type, lastHour, sortBy('Count'), press(/^Fault/i)]],
    ['queries', [type, lastHour, sortBy('p95'), press(/^SQL/)]],
    ['traces', [type, lastHour, sortBy('Duration'), press(/fault/i)]],
    ['map', [type, lastHour]],
  ])('undo and redo each change of %s, and a reload shows the same', async (path, changes) => {
    const page = await xray.open(`/${path}?live=off`);
    await rows(page).first().waitFor();
    const seen = [{ url: page.url(), state: await look(page) }];
    const before = await entries(page);
    for (const change of changes) {
      const last = seen.at(-1)!;
      await change(page);
      await page.waitForURL((url) => url.href !== last.url);
      const state = await look(page, { not: last.state });
      seen.push({ url: page.url(), state });
    }
    expect(await entries(page)).toBe(before + changes.length);
    const matches = async ({ url, state }: (typeof seen)[number]) => {
      await page.waitForURL(url);
      await look(page, { is: state });
    };
    for (const state of seen.slice(0, -1).reverse()) {
      await page.goBack();
      await matches(state);
    }
    for (const state of seen.slice(1)) {
      await page.goForward();
      await matches(state);
      await page.reload();
      await rows(page).first().waitFor();
      await matches(state);
    }
    expect(page.problems).toEqual([]);
  });

  it.each(['map', 'routes', 'traces', 'errors', 'queries'])(
    'return to %s on the first of two quick presses, and undo its last change on the second',
    async (path) => {
      const page = await xray.open(`/${path}?live=off`);
      await rows(page).first().waitFor();
      const before = await look(page);
      await type(page);
      const filtered = await look(page, { not: before });
      const { href } = new URL(page.url());
      await lastHour(page);
      await look(page, { not: filtered });
      await page.getByRole('link', { name: 'Sampling' }).click();
      await page.getByRole('heading', { name: 'Sampling' }).first().waitFor();
      await page.evaluate(() => {
        window.addEventListener('popstate', () => history.back(), { once: true });
        history.back();
      });
      await page.waitForURL(href);
      await look(page, { is: filtered });
      await rows(page).first().waitFor();
      expect(page.problems).toEqual([]);
    },
  );

  it('undo a zoom and a dragged time range, however long the drag', async () => {
    const page = await xray.open('/traces');
    await rows(page).first().waitFor();
    const plot = (await page.locator('[data-plot]').boundingBox())!;
    const before = await entries(page);
    await page.mouse.move(plot.x + plot.width * 0.2, plot.y + 5);
    await page.mouse.down();
    for (const share of [0.4, 0.6, 0.95]) {
      await page.mouse.move(plot.x + plot.width * share, plot.y + 5);
      await page.getByRole('button', { name: 'Zoom' }).waitFor();
      // Nothing is written while the pointer is down.
      expect(page.url()).not.toContain('brush=');
    }
    await page.mouse.up();
    await page.waitForURL(/brush=/);
    await page.getByRole('button', { name: 'Zoom' }).click();
    await page.waitForURL(/range=/);
    expect(await entries(page)).toBe(before + 2);
    await page.goBack();
    await page.waitForURL(/brush=/);
    await page.getByRole('button', { name: 'Zoom' }).waitFor();
    await page.goBack();
    await page.waitForURL(/\/traces$/);
    await page.getByRole('button', { name: 'Zoom' }).waitFor({ state: 'detached' });
    expect(page.problems).toEqual([]);
  });

  it('follow a link to the same page, and later changes are still written', async () => {
    const page = await xray.open('/?sort=-p99');
    await rows(page).first().waitFor();
    await page.getByRole('link', { name: 'Routes', exact: true }).click();
    await page.waitForURL(/\/routes$/);
    await sorted(page, 'Share of time').waitFor();
    await sortBy('p50')(page);
    await page.waitForURL(/sort=-p50/);
    await page.goBack();
    await page.waitForURL(/\/routes$/);
    await page.goBack();
    await page.waitForURL(/\/\?sort=-p99$/);
    await sorted(page, 'p99').waitFor();
  });
});

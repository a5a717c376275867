import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console, type ConsolePage } from './console';
import {
  faultyPost,
  goodPost,
  home,
  like,
  TraceWriter,
  type WrittenTrace,
} from '../../../libs/trace/test/cruddur-traces.mjs';
import { soon } from '../../../test/support/soon';

const now = Math.floor(Date.now() / 1000);
const faulty = faultyPost(now - 30);
const payload = '<img src=x onerror=alert(1)>';
const hostile = ((w: TraceWriter): WrittenTrace => ({
  traceId: w.traceId,
  segments: [w.segment('api', 0, 50, {}, [w.http(payload, 'GET', '/', 200, 0, 40)])],
}))(new TraceWriter(now - 10));

describeInChromium('the service map', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    const traces = [
      faulty,
      goodPost(now - 60),
      ...Array.from({ length: 8 }, (_, at) => home(now - 100 + at * 3)),
      ...Array.from({ length: 4 }, (_, at) => like(now - 70 + at * 3)),
    ];
    await xray.send(traces.flatMap(({ segments }) => segments));
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const node = (page: ConsolePage, name: RegExp) => page.getByRole('button', { name });

  it('shows who calls whom, how often and with which outcome', async () => {
    const page = await xray.open('/map');
    const nest = node(page, /^backend-nest Service/);
    await node(page, /^Clients Client/).waitFor();
    await soon(async () => expect(await nest.innerText()).toMatch(/7\.1 % fault/));
    expect(await nest.textContent()).toMatch(/calls .*notifications/);
    await page.getByRole('button', { name: /^Clients to backend-nest/ }).waitFor();
    await page.getByRole('button', { name: /^backend-nest to notifications: fault/ }).waitFor();
    expect(page.problems).toEqual([]);
  });

  it('leads from a node to its traces', async () => {
    const page = await xray.open('/map');
    await node(page, /^notifications Service/).click();

    const panel = page.getByRole('complementary', { name: 'Selected node' });
    await panel.getByText('service("notifications") { fault }').waitFor();
    await page.waitForURL(/sel=service/);
    await panel.getByRole('link', { name: 'Show 1 trace' }).click();
    await page.waitForURL(/\/traces\?filter=/);
    expect(new URL(page.url()).searchParams.get('filter')).toBe(
      'service("notifications") { fault }',
    );
  });

  it('keeps the selection after a reload, and clears it with Escape', async () => {
    const page = await xray.open('/map');
    await page.getByRole('button', { name: /^backend-nest to notifications/ }).click();
    await page.waitForURL(/sel=/);
    await page.reload();
    await page.getByRole('heading', { name: 'backend-nest → notifications' }).waitFor();

    await page.keyboard.press('Escape');
    await page.getByRole('complementary', { name: 'The whole map' }).waitFor();
    await page.waitForURL((url) => !url.searchParams.has('sel'));
  });

  it('is navigated by arrow keys', async () => {
    const page = await xray.open('/map');
    await node(page, /^Clients Client/).focus();
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'backend-nest', exact: true }).waitFor();
  });

  it('is shown as tables', async () => {
    const page = await xray.open('/map');
    await page.getByRole('button', { name: 'Table' }).click();

    const edges = page.getByRole('table', { name: 'Edges' });
    const row = edges.getByRole('row').filter({ hasText: 'notifications' }).first();
    await row.waitFor();
    await page.waitForURL(/as=table/);
    await soon(async () =>
      expect(
        await page.getByRole('table', { name: 'Nodes' }).getByRole('row').count(),
      ).toBeGreaterThan(4),
    );
  });

  it('grows with arriving traces', async () => {
    const page = await xray.open('/map');
    await node(page, /^backend-nest Service/).waitFor();
    await xray.send(hostile.segments);

    await page.getByText(payload).first().waitFor();
    expect(await page.locator('main img').count()).toBe(0);
    expect(page.problems).toEqual([]);
  });

  it('covers the entered time range and filter, and leads to their traces', async () => {
    const night = new TraceWriter(now - 5 * 3_600);
    const worker = new TraceWriter(now - 5 * 3_600 + 2);
    await xray.send([
      night.segment('night-job', 0, 50, {}, [night.http('depot', 'GET', '/', 200, 0, 40)]),
      worker.segment('other-job', 0, 50),
    ]);
    const page = await xray.open('/map');
    await node(page, /^backend-nest Service/).waitFor();
    expect(await node(page, /^night-job/).count()).toBe(0);

    await page.keyboard.press('t');
    await page.getByRole('textbox', { name: 'From' }).fill(String(now - 5 * 3_600 - 60));
    await page.getByRole('textbox', { name: 'To', exact: true }).fill(String(now - 4 * 3_600));
    await page.keyboard.press('Enter');
    await node(page, /^night-job Service/).waitFor();
    await node(page, /^other-job Service/).waitFor();
    expect(await node(page, /^backend-nest Service/).count()).toBe(0);

    await page.getByRole('combobox', { name: 'Filter expression' }).fill('service("night-job")');
    await page.keyboard.press('Enter');
    await node(page, /^other-job Service/).waitFor({ state: 'detached' });
    await node(page, /^depot Remote/).click();
    await page.getByRole('link', { name: 'Show 1 trace' }).click();
    await page.waitForURL(/\/traces\?/);
    await page.locator(`[data-id="${night.traceId}"]`).waitFor();
    expect(page.problems).toEqual([]);
  });

  it('shows what is wrong with a filter, and keeps the map', async () => {
    const page = await xray.open('/map');
    await node(page, /^backend-nest Service/).waitFor();
    await page.getByRole('combobox', { name: 'Filter expression' }).fill('foult');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await node(page, /^backend-nest Service/).count()).toBe(1);
  });

  it('goes to the next node with errors or faults by a key', async () => {
    const page = await xray.open('/map');
    await node(page, /^backend-nest Service/).waitFor();
    const list = page.getByRole('complementary').getByRole('listitem');
    const names = await list.locator('bdi').allInnerTexts();
    expect(names.length).toBeGreaterThan(1);
    for (const name of [...names, names[0]!]) {
      await page.keyboard.press('n');
      await page.getByRole('heading', { name, exact: true }).waitFor();
    }
    await page.keyboard.press('N');
    await page.getByRole('heading', { name: names.at(-1)!, exact: true }).waitFor();
  });

  it('is available for a single trace', async () => {
    const page = await xray.open(`/traces/${faulty.traceId}/map`);
    await node(page, /^notifications Service/).waitFor();

    expect(
      await page
        .getByRole('button', { name: /^backend-nest to notifications: fault, 1 ×/ })
        .count(),
    ).toBe(1);
    expect(await node(page, /localhost:8081 Remote, inferred/).count()).toBe(1);
    expect(page.problems).toEqual([]);
  });

  it.each(
    ['/map', '/map?as=table', `/traces/${faulty.traceId}/map`].flatMap((path) => [
      [path, 'light'],
      [path, 'dark'],
    ]),
  )('has nothing that axe objects to: %s, %s', async (path, theme) => {
    const page = await xray.open(`${path}${path.includes('?') ? '&' : '?'}theme=${theme}`);
    await page.locator('[data-node], main table').first().waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('scrolls to the selection if the map is wider than the page', async () => {
    const w = new TraceWriter(now - 20);
    const segments = [w.segment('svc-0', 0, 500)];
    for (let at = 1; at < 12; at++) {
      const call = w.http(`svc-${at}`, 'GET', '/', 200, at * 10, 500 - at * 10);
      segments[at - 1]!.subsegments = [call];
      segments.push(
        w.segment(`svc-${at}`, at * 10 + 2, 498 - at * 10, {
          parent_id: call.id,
          fault: at === 11,
        }),
      );
    }
    await xray.send(segments);
    const page = await xray.open(`/traces/${w.traceId}/map?zoom=1.5`);
    const map = page.getByRole('group', { name: 'Map', exact: true });
    const last = node(page, /^svc-11 Service/);
    const inSight = async () => {
      const [frame, box] = await Promise.all([map.boundingBox(), last.boundingBox()]);
      return box!.x >= frame!.x && box!.x + box!.width <= frame!.x + frame!.width;
    };
    await last.waitFor();
    expect(await inSight()).toBe(false);
    await page
      .getByRole('complementary')
      .getByRole('button', { name: /^svc-11/ })
      .click();
    await page.waitForURL(/sel=/);
    await soon(async () => expect(await inSight()).toBe(true));

    await page.reload();
    await last.waitFor();
    await soon(async () => expect(await inSight()).toBe(true));
  });

  it('runs from top to bottom on a telephone', async () => {
    const page = await xray.open(`/traces/${faulty.traceId}/map`, {
      viewport: { width: 400, height: 800 },
    });
    await soon(async () => {
      const clients = await node(page, /^Clients Client/).boundingBox();
      const nest = await node(page, /^backend-nest Service/).boundingBox();
      expect(nest!.y).toBeGreaterThan(clients!.y + 40);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    });
  });
});

import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console } from './console';
import { faultyPost, goodPost, home } from '../../../libs/trace/test/cruddur-traces.mjs';
import { soon } from '../../../test/support/soon';

const now = Math.floor(Date.now() / 1000);
const good = goodPost(now - 60);
const faulty = faultyPost(now - 30);
const other = home(now - 20);
const pair = `/compare?a=${good.traceId}&b=${faulty.traceId}`;

describeInChromium('comparing', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    await xray.send([...good.segments, ...faulty.segments, ...other.segments]);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  describe('the page to compare two traces', () => {
    it('shows how much slower B is, mostly because of what, and what is new and gone', async () => {
      const page = await xray.open(pair);

      await page.getByRole('heading', { name: 'Compare · POST /api/activities' }).waitFor();
      await soon(async () =>
        expect(await page.locator('dl').innerText()).toMatch(
          /Slower by\s*1,098\s*ms[\s\S]*FeedService\.fanOut \+598\s*ms, NotificationsClient\.send \+201/,
        ),
      );
      const row = (name: string) =>
        page.getByRole('row').filter({ has: page.getByRole('link', { name, exact: true }) });
      expect((await row('FeedService.fanOut').innerText()).split(/\s+/)).toEqual([
        'FeedService.fanOut',
        '24.6',
        '623',
        '+598',
        '▴',
        'slower',
      ]);
      expect(await row('SELECT … FROM users WHERE uuid = $1').innerText()).toMatch(
        /0 → 48[\s\S]*new/,
      );
      expect(await row('SpamCache.get').innerText()).toMatch(/−2\.40[\s\S]*gone/);
      expect(page.problems).toEqual([]);
    });

    it('shows only what is new, and finds names', async () => {
      const page = await xray.open(pair);
      await page.getByRole('button', { name: /^New/ }).click();
      const changes = page.locator('tbody td:last-child');
      await soon(async () => expect(await changes.count()).toBe(12));
      for (const change of await changes.allInnerTexts()) expect(change).toMatch(/new$/);

      await page.keyboard.press('/');
      await page.keyboard.type('push');
      await page.waitForFunction(() => document.querySelectorAll('tbody tr').length === 1);
      await page.waitForURL(/show=new.*q=push|q=push.*show=new/);

      await page.reload();
      await page.getByRole('link', { name: 'PushService.deliver' }).waitFor();
      await soon(async () => expect(await page.locator('tbody tr').count()).toBe(1));
    });

    it('swaps the sides', async () => {
      const page = await xray.open(pair);
      await page.getByRole('button', { name: 'Swap A and B' }).click();

      await page.getByText('Faster by').waitFor();
      await page.waitForURL((url) => url.search.includes(`a=${faulty.traceId}&b=${good.traceId}`));
    });

    it('moves through the rows by keyboard, and leads to the bar in the waterfall', async () => {
      const page = await xray.open(pair);
      await page.getByRole('link', { name: 'FeedService.fanOut' }).waitFor();
      for (const key of ['j', 'n', 'n', 'N']) await page.keyboard.press(key);
      await page.waitForFunction(
        () => document.activeElement?.textContent === 'ActivitiesController.create',
      );

      await page.keyboard.press('Enter');
      await page.waitForURL(new RegExp(`/traces/${faulty.traceId}\\?select=`));
    });

    it('offers the traces of the same route if the other side is missing', async () => {
      const page = await xray.open(`/compare?b=${faulty.traceId}`);
      const choices = page.locator('main ul button');
      await soon(async () => expect(await choices.count()).toBe(1));

      await page.getByRole('button', { name: 'Other routes too' }).click();
      await soon(async () => expect(await choices.count()).toBe(2));
      await choices.filter({ hasText: 'POST /api/activities' }).click();
      await page.getByText('Slower by').waitFor();
      await page.waitForURL((url) => url.searchParams.get('a') === good.traceId);
    });

    it('begins with the choice of both traces', async () => {
      const page = await xray.open(`/compare`);
      await page.locator('main ul button').filter({ hasText: '201' }).click();
      await page.getByRole('heading', { name: 'Compare POST /api/activities with…' }).waitFor();
      await page.locator('main ul button').first().click();
      await page.getByText('Slower by').waitFor();
    });

    it('says which trace does not exist', async () => {
      const page = await xray.open(
        `/compare?a=${good.traceId}&b=1-00000000-000000000000000000000000`,
      );
      await page.getByText('Trace B cannot be shown').waitFor();
    });

    it.each(['light', 'dark'])('has nothing that axe objects to, %s', async (theme) => {
      for (const address of [`${pair}&theme=${theme}`, `/compare?theme=${theme}`]) {
        const page = await xray.open(address);
        await page.locator('main table, main ul').first().waitFor();
        expect(await violations(page)).toEqual([]);
      }
    });

    it('fits a telephone', async () => {
      const page = await xray.open(pair, {
        viewport: { width: 400, height: 800 },
      });
      await page.getByRole('link', { name: 'FeedService.fanOut' }).waitFor();
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
    });
  });
});

import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console } from './console';
import { faultyPost } from '../../../libs/trace/test/cruddur-traces.mjs';
import { soon } from '../../../test/support/soon';

const faulty = faultyPost(Math.floor(Date.now() / 1000) - 30);

async function call(xray: Console, operation: string, input: object): Promise<void> {
  const response = await fetch(`${xray.url}/${operation}`, {
    method: 'POST',
    body: JSON.stringify(input),
  });
  if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
}

describeInChromium('the page of sampling rules', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    await xray.send(faulty.segments);
    await call(xray, 'CreateSamplingRule', {
      SamplingRule: {
        RuleName: 'api-writes',
        ResourceARN: '*',
        Priority: 9000,
        FixedRate: 0.25,
        ReservoirSize: 5,
        ServiceName: 'backend-*',
        ServiceType: '*',
        Host: '*',
        HTTPMethod: 'POST',
        URLPath: '/api/*',
        Version: 1,
      },
    });
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  it('lists the rules in the order in which they are tried, with their counts', async () => {
    const page = await xray.open('/sampling');
    const rows = page.locator('tbody tr');
    await rows.nth(1).waitFor();

    const words = (await rows.allInnerTexts()).map((row) => row.split(/\s*\t\s*|\n/));
    expect(words.map(([priority, name, takes]) => [priority, name, takes])).toEqual([
      ['9,000', 'api-writes', 'POST /api/*, service backend-*'],
      ['10,000', 'Default', 'every request'],
    ]);
    expect(page.problems).toEqual([]);
  });

  it('updates when clients report', async () => {
    const page = await xray.open('/sampling');
    const row = page.getByRole('row').filter({ hasText: 'api-writes' });
    await row.waitFor();
    await call(xray, 'SamplingTargets', {
      SamplingStatisticsDocuments: [
        {
          RuleName: 'api-writes',
          ClientID: '0123456789abcdef01234567',
          Timestamp: Date.now() / 1000,
          RequestCount: 200,
          SampledCount: 50,
          BorrowCount: 1,
        },
      ],
    });

    await soon(async () =>
      expect((await row.innerText()).split(/\s*\t\s*/)).toEqual(
        expect.arrayContaining(['25 %', '200', '50', '1']),
      ),
    );
  });

  it('shows which rule applies to a request, and keeps the request in the address', async () => {
    const page = await xray.open('/sampling');
    await page.getByLabel('Method').fill('POST');
    await page.getByLabel('Path').fill('/api/activities');
    await page.getByText('api-writes applies: 5 a second, then 25 % of the rest.').waitFor();

    await page.getByLabel('Service').fill('frontend');
    await page.getByText('Default applies').waitFor();
    await page.waitForURL(/service=frontend/);
    await page.reload();
    await page.getByText('Default applies').waitFor();
  });

  it('marks the rule that applied to a trace, which the trace links to', async () => {
    const page = await xray.open(`/traces/${faulty.traceId}`);
    await page.getByRole('link', { name: 'api-writes' }).click();

    const row = page.getByRole('row').filter({ hasText: 'api-writes' });
    await row.getByText('of the trace').waitFor();
    expect(page.url()).toContain('/sampling?rule=api-writes');
  });

  it.each(['light', 'dark'])('has nothing that axe objects to, %s', async (theme) => {
    const page = await xray.open(`/sampling?rule=api-writes&theme=${theme}`);
    await page.locator('tbody tr').nth(1).waitFor();
    expect(await violations(page)).toEqual([]);
  });

  it('shows on a telephone which page it is, although not all names fit', async () => {
    const page = await xray.open('/sampling', { viewport: { width: 400, height: 800 } });
    const current = page.getByRole('navigation').getByRole('link', { name: 'Sampling' });
    await page.waitForFunction(() => {
      const box = document.querySelector('nav [aria-current]')?.getBoundingClientRect();
      return box !== undefined && box.left >= 0 && box.right <= window.innerWidth;
    });
    expect(await current.getAttribute('aria-current')).toBe('page');
  });

  it('fits a telephone', async () => {
    const page = await xray.open('/sampling', { viewport: { width: 400, height: 800 } });
    await page.locator('tbody tr').nth(1).waitFor();
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(400);
  });
});

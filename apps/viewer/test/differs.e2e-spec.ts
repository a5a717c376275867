import { TraceWriter } from '../../../libs/trace/test/cruddur-traces.mjs';
import { violations } from './axe';
import { describeInChromium } from './chromium';
import { Console, type ConsolePage } from './console';

const T0 = Date.now() / 1000 - 200;

describeInChromium('what is different', () => {
  let xray: Console;
  beforeAll(async () => {
    xray = await Console.start();
    const write = (at: number, annotations: Record<string, string>) =>
      new TraceWriter(T0 + at).segment('shop', 0, 20, {
        annotations,
        service: { version: `build ${annotations.app_version}` },
      });
    await xray.send([
      ...Array.from({ length: 6 }, (_, at) =>
        write(at, { app_version: '2.9.0', plan: 'free', 'old.way "x"': 'yes' }),
      ),
      ...Array.from({ length: 4 }, (_, at) =>
        write(20 + at, { app_version: '2.10.0', plan: 'gold' }),
      ),
      ...Array.from({ length: 3 }, (_, at) =>
        write(40 + at, { app_version: '2.10.0', plan: 'free' }),
      ),
    ]);
  });
  afterEach(() => xray.closePages());
  afterAll(() => xray?.stop());

  const rowOf = (page: ConsolePage, text: string) =>
    page.getByRole('table', { name: 'Differences' }).locator('tbody tr').filter({ hasText: text });
  const write = async (page: ConsolePage, side: string, filter: string) => {
    await page.getByRole('combobox', { name: `${side}: filter expression` }).fill(filter);
    await page.keyboard.press('Enter');
  };
  const choose = async (page: ConsolePage, menu: string, build: string) => {
    await page.getByRole('button', { name: menu }).click();
    await page.getByRole('option', { name: build }).click();
  };
  const listed = async (page: ConsolePage, amount: number) => {
    await page.waitForURL(/\/traces\?/);
    await page.waitForFunction(
      (rows) => document.querySelectorAll('[data-id]').length === rows,
      amount,
    );
  };

  it('between two filters, one of which may be an alternative', async () => {
    const page = await xray.open('/compare?live=off');
    await page.getByRole('link', { name: 'two filters' }).click();
    await write(page, 'Selection', 'annotation.plan = "gold" OR annotation.plan = "silver"');
    await page.waitForURL(/with=/);
    await rowOf(page, 'gold').waitFor();
    await write(page, 'Others', 'annotation.app_version = "2.9.0"');
    await page.waitForURL(/against=/);
    await page.getByText('4 traces against 6').waitFor();
    expect(await violations(page)).toEqual([]);
    await rowOf(page, 'annotation.app_version').getByRole('button', { name: 'Only these' }).click();
    await listed(page, 4);
    await page.goBack();
    // What the others alone have leads to theirs.
    await rowOf(page, 'old.way').getByRole('button', { name: 'Only these' }).click();
    await listed(page, 6);
    expect(page.problems).toEqual([]);
  });

  it('says at the side whose filter is wrong what is wrong with it', async () => {
    const page = await xray.open('/compare?sides=filters&with=ok');
    await write(page, 'Others', 'foult');
    const others = page.getByRole('combobox', { name: 'Others: filter expression' });
    await page.getByRole('alert').waitFor();
    expect(await others.getAttribute('aria-invalid')).toBe('true');
    expect(await page.getByRole('alert').count()).toBe(1);
  });

  it('between two builds, by what their segments say they are', async () => {
    const page = await xray.open('/compare?live=off');
    await page.getByRole('link', { name: 'two builds' }).click();
    await page.getByRole('button', { name: 'What names the build: service.version' }).waitFor();
    await choose(page, 'Selection: build', 'build 2.10.0 (7)');
    await choose(page, 'Others: build', 'build 2.9.0 (6)');
    await page.getByText('7 traces against 6').waitFor();
    expect(new URL(page.url()).searchParams.get('with')).toBe('service.version = "build 2.10.0"');
    await rowOf(page, 'service.version').getByText('build 2.10.0').waitFor();
    await rowOf(page, 'gold').getByRole('button', { name: 'Only these' }).click();
    await listed(page, 4);
    expect(page.problems).toEqual([]);
  });

  it('between two builds, by the annotation that names them', async () => {
    const page = await xray.open('/compare?live=off');
    await page.getByRole('link', { name: 'two builds' }).click();
    await choose(page, 'What names the build', 'app_version');
    await choose(page, 'Selection: build', '2.10.0');
    await choose(page, 'Others: build', '2.9.0');
    await page.getByText('7 traces against 6').waitFor();
    expect(await violations(page)).toEqual([]);
    await rowOf(page, 'gold').getByRole('button', { name: 'Only these' }).click();
    await listed(page, 4);
    await page.goBack();
    await page.getByText('7 traces against 6').waitFor();
    await page.goBack();
    await page.getByText('Choose two builds').waitFor();
    expect(page.problems).toEqual([]);
  });
});

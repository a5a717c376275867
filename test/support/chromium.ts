import { existsSync } from 'node:fs';
import { type Browser, chromium, type Page } from 'playwright-core';

/** The headless shell has no window to draw: a test costs a fifth less CPU time in it. */
const PLACES = [
  '/usr/bin/chromium-headless-shell',
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];

/** CHROMIUM_PATH, else where Debian and others put a Chromium. */
const executablePath =
  process.env.CHROMIUM_PATH ?? PLACES.find((path) => existsSync(path)) ?? '/usr/bin/chromium';
const found = existsSync(executablePath);
const missing = (what: string) =>
  `The browser tests ${what}: no Chromium at ${executablePath}. Install it (apt-get install chromium-headless-shell, or chromium) or set CHROMIUM_PATH.`;

/**
 * What Chromium does not need in a test. Without a headless shell, the popups of the address bar are pages
 * of their own, loaded for each window: a fifth of a page's CPU time. A second --disable-features replaces
 * the first, so what Playwright turns off is said again.
 */
const FEATURES = [
  'WebUIOmniboxPopup',
  'WebUIOmniboxAimPopup',
  'AimEnabled',
  'AvoidCorsURLLoaderRestartOnRedirect',
  'AvoidUnnecessaryBeforeUnloadCheckSync',
  'DestroyProfileOnBrowserClose',
  'HttpsFirstBalancedModeAutoEnable',
  'HttpsUpgrades',
  'LensOverlay',
  'MediaRouter',
  'NetworkTimeServiceQuerying',
  'OptimizationHints',
  'PaintHolding',
  'PreconnectToSearch',
  'ThirdPartyStoragePartitioning',
];

/** Keeps Chromium from calling home, which a closed network would refuse many times over. */
const ARGS = [
  '--no-sandbox',
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  `--disable-features=${FEATURES.join(',')}`,
];

/** A browser for tests. @throws when there is none. */
export async function launchChromium(): Promise<Browser> {
  if (!found) throw new Error(missing('cannot run'));
  return chromium.launch({ executablePath, args: ARGS });
}

/**
 * `describe` for tests that need a browser. Without Chromium they are skipped,
 * and say so; with CI=true they run all the same, and fail.
 */
export function describeInChromium(name: string, tests: () => void): void {
  if (found || process.env.CI === 'true') {
    // A page is many processes: on a busy machine a step takes seconds.
    jest.setTimeout(90_000);
    describe(name, tests);
    return;
  }
  process.stderr.write(`${missing('were skipped')}\n`);
  // Only on a machine without a browser, and never in CI.
  describe.skip(name, tests);
}

/** Runs `work` on a page of a real Chromium; without one, says so, and fails in CI. */
export async function withChromium(work: (page: Page) => Promise<void>): Promise<void> {
  if (!found && process.env.CI !== 'true') {
    process.stderr.write(`${missing('were skipped')}\n`);
    return;
  }
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
    const problems: string[] = [];
    page.on('pageerror', (problem) => problems.push(problem.message));
    await work(page);
    expect(problems).toEqual([]);
  } finally {
    await browser.close();
  }
}

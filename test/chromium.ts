import { existsSync } from 'node:fs';
import { chromium, type Page } from 'playwright-core';
import { CHROMIUM_ARGS } from './support/chromium-args';

const executablePath = process.env.CHROMIUM_PATH ?? '/usr/bin/chromium';

/** Runs `work` on a page of a real Chromium; says so when there is none, and fails in CI. */
export async function withChromium(work: (page: Page) => Promise<void>): Promise<void> {
  if (!existsSync(executablePath)) {
    const what = `Chromium is not at ${executablePath} (apt-get install chromium, or set CHROMIUM_PATH)`;
    if (process.env.CI) throw new Error(`${what}; in CI the browser tests may not be left out.`);
    console.warn(`Browser test skipped: ${what}.`);
    return;
  }
  const browser = await chromium.launch({ executablePath, args: CHROMIUM_ARGS });
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

import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { CHROMIUM_ARGS } from '../../../test/support/chromium-args';

const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Where Chromium is: CHROMIUM_PATH, else where Debian and others put it. */
function findChromium(): string | undefined {
  return [process.env.CHROMIUM_PATH, ...PLACES].find(
    (path) => path !== undefined && existsSync(path),
  );
}

/** A browser for tests. @throws when there is none. */
export async function launchChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (!executablePath) throw new Error(missing('cannot run'));
  return chromium.launch({ executablePath, args: CHROMIUM_ARGS });
}

/**
 * `describe` for tests that need a browser. Without Chromium they are skipped,
 * and say so; with CI=true they run all the same, and fail.
 */
export function describeInChromium(name: string, tests: () => void): void {
  if (findChromium() || process.env.CI === 'true') {
    // A page is many processes: on a busy machine a step takes seconds.
    jest.setTimeout(90_000);
    describe(name, tests);
    return;
  }
  process.stderr.write(`${missing('were skipped')}\n`);
  describe.skip(name, tests);
}

function missing(what: string): string {
  return `The browser tests ${what}: no Chromium at ${PLACES.join(', ')}. Install it (apt-get install chromium) or set CHROMIUM_PATH.`;
}

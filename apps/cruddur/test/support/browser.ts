import { existsSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { CHROMIUM_ARGS } from '../../../../test/support/chromium-args';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

/** `describe` where Chromium is installed, else a skip that can be seen; with CI=true a failure. */
export const describeWithBrowser: jest.Describe =
  existsSync(CHROMIUM) || process.env['CI'] === 'true'
    ? describe
    : (((name: string, body: () => void) =>
        describe.skip(
          `${name} (skipped: no Chromium at ${CHROMIUM}; install one, or set CHROMIUM_PATH)`,
          body,
        )) as unknown as jest.Describe);

/** Starts Chromium without a window. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: CHROMIUM,
    args: CHROMIUM_ARGS,
  });
}

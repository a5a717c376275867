import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';

const source = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');

/**
 * What axe finds wrong with the page: rule, element, and what to do, in a line each.
 *
 * @param within looks at one part alone, where the rest was looked at already: a whole page takes a second.
 */
export async function violations(page: Page, within = 'html'): Promise<string[]> {
  // By the protocol, not by a script element: the page's policy allows none.
  if ((await page.evaluate('typeof axe')) === 'undefined') await page.evaluate(source);
  const where = JSON.stringify(within);
  const result: any = await page.evaluate(`axe.run(${where}, { resultTypes: ['violations'] })`);
  return result.violations.flatMap((rule: any) =>
    rule.nodes.map((node: any) => `${rule.id}: ${node.target.join(' ')} – ${node.failureSummary}`),
  );
}

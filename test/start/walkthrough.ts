import { execFile, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withChromium } from '../support/chromium';
import { root, type Stack } from '../stack';

const run = promisify(execFile);
const page = readFileSync(join(root, 'docs/walkthrough.md'), 'utf8');

/** A command of the page and the lines that it says will be seen, in the order of the page. */
const steps = [...page.matchAll(/^```sh\n([\s\S]*?)^```$\s+^```text\n([\s\S]*?)^```$/gm)].map(
  ([all, command = '', seen = ''], index) => ({
    command,
    seen: seen.split('\n').filter((line) => line !== ''),
    heading: /.*^## (.*?)$/ms.exec(page.slice(0, page.indexOf(all)))?.[1] ?? `step ${index}`,
  }),
);

/** Programs that the commands use besides the shell's own. */
const missing = ['aws', 'docker-compose', 'curl'].filter(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0,
);

/** `describe` where the programs are there or must be, else a skip that names them. */
export const describeSteps =
  missing.length === 0 || process.env.CI
    ? describe
    : (((name: string, body: () => void) =>
        describe.skip(
          `${name} (skipped: ${missing.join(', ')} not installed)`,
          body,
        )) as unknown as jest.Describe);

/** The steps of docs/walkthrough.md, followed to the letter. */
export function theWalkthrough(started: () => Stack): void {
  let stack: Stack;
  const variables: Record<string, string> = {};
  beforeAll(() => void (stack = started()));

  it('has the thirteen steps of the article', () => {
    const numbers = [...page.matchAll(/^## (\d+)\. /gm)].map(([, number]) => Number(number));
    expect(numbers).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
    expect(steps.length).toBeGreaterThanOrEqual(13);
  });

  it.each(steps)('$heading', async ({ command, seen }) => {
    const output = command.trim() === 'npm start' ? stack.output : await shell(command);

    for (const line of seen) expect(output).toMatch(pattern(atTheirAddresses(line).trim()));
  });

  it('leads from a click on the home page to its trace in the viewer', async () => {
    await withChromium(async (browser) => {
      await browser.goto(stack.cruddur);
      await browser.getByLabel('What is on your mind').fill('Hello from the walkthrough');
      await browser.getByRole('button', { name: 'Crud' }).click();
      await browser.locator('.cruds').getByText('Hello from the walkthrough').waitFor();

      const link = browser.locator('.rail a.row', { hasText: 'POST' }).first();
      await browser.goto((await link.getAttribute('href'))!);
      await browser.locator('[role=row][data-name="CreateActivity.run"]').waitFor();
      expect(browser.url()).toMatch(new RegExp(`^${stack.localXray}/traces/1-`));
    });
  });

  /** Runs a command of the page; variables that it sets are there for the next, as in a terminal. */
  async function shell(command: string): Promise<string> {
    const script = `set -e\n${atTheirAddresses(command)}\necho "::env::"\nenv -0`;
    const { stdout } = await run('bash', ['-c', script], {
      cwd: root,
      env: { ...process.env, ...variables },
    });
    const [output = '', environment = ''] = stdout.split('::env::\n');
    for (const entry of environment.split('\0')) {
      const [, name, value] = /^(AWS_\w+)=(.*)$/s.exec(entry) ?? [];
      if (name !== undefined && value !== undefined) variables[name] = value;
    }
    return output;
  }

  function atTheirAddresses(text: string): string {
    return text
      .replaceAll('http://127.0.0.1:4567', stack.cruddur)
      .replaceAll('http://127.0.0.1:2000', stack.localXray);
  }
}

/** `…` stands for anything on the line. */
function pattern(line: string): RegExp {
  return new RegExp(
    line
      .split('…')
      .map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
      .join('.*'),
  );
}

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { withChromium } from './support/chromium';
import { freePort, root, until } from './stack';
import { type Installed, Packed, type Running } from './support/packages';

const run = promisify(execFile);

const versionOf = (name: string): string =>
  (
    JSON.parse(readFileSync(join(root, 'node_modules', name, 'package.json'), 'utf8')) as {
      version: string;
    }
  ).version;

/** What `nest new` would install, in the versions of this repository. */
const NEST = Object.fromEntries(
  [
    '@nestjs/common',
    '@nestjs/core',
    '@nestjs/platform-express',
    '@types/node',
    'reflect-metadata',
    'rxjs',
  ].map((name) => [name, versionOf(name)]),
);

/** The app that the README shows, on a port that is free. */
function main(port: number): string {
  const text = readFileSync(join(root, 'README.md'), 'utf8');
  const [, code] = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)]
    .map((match) => match as unknown as [string, string])
    .find(([, block]) => block.includes('NestFactory.create'))!;
  expect(code).toContain('app.listen(3000)');
  return code.replace('app.listen(3000)', `app.listen(${port})`);
}

/** The path of another version of Node, which npm downloads once. */
async function programOf(major: number): Promise<string> {
  const { stdout } = await run('npx', ['--yes', `node@${major}`, '-p', 'process.execPath']);
  return stdout.trim();
}

describe('the packages for npm', () => {
  let packed: Packed;
  beforeAll(async () => {
    packed = await Packed.of('nestjs-xray', 'local-xray');
  }, 180_000);
  afterAll(() => packed?.remove());

  it.each(['nestjs-xray', 'local-xray'] as const)(
    'have nothing that publint or attw would change in %s',
    async (name) => {
      const tarball = packed.tarballs.get(name)!;
      await run('npx', ['--no-install', 'publint', '--strict', tarball], { cwd: root });
      await run('npx', ['--no-install', 'attw', tarball], { cwd: root });
    },
    180_000,
  );

  describe('local-xray alone, in an empty folder', () => {
    let installed: Installed;
    beforeAll(async () => {
      installed = await packed.install('alone', ['local-xray']);
    }, 180_000);

    it('takes less than 30 MB, and installs only SQLite for Node 20', () => {
      expect(installed.bytes()).toBeLessThan(30e6);
      const others = installed.packages().filter((name) => name !== 'local-xray');
      for (const name of others) {
        expect(name).toMatch(/^(libsql|@libsql\/.+|@neon-rs\/load|detect-libc)$/);
      }
    });

    it('has a command that prints its version and its options', async () => {
      const { version } = JSON.parse(
        readFileSync(join(root, 'libs/local-xray/package.json'), 'utf8'),
      ) as { version: string };
      expect((await installed.npx('local-xray', '--version')).trim()).toBe(version);
      expect(await installed.npx('local-xray', '--help')).toContain('--address');
    });

    // The Node that runs the tests is tried below.
    it.each([22, 24])(
      "runs on Node %i, with that version's SQLite",
      async (major) => {
        const node = await programOf(major);
        const address = `127.0.0.1:${await freePort()}`;
        const args = ['node_modules/local-xray/bin/local-xray.js', '-a', address, '-d', ':memory:'];
        const running = await installed.start(node, args, 'listens on');
        const health = await fetch(`http://${address}/health`);
        await running.stop();
        expect(health.status).toBe(200);
        expect(running.output).not.toMatch(/warning/i);
      },
      180_000,
    );

    it('can be imported by name from an ES module', async () => {
      const script =
        'import { LocalXrayModule, startLocalXray } from "local-xray"; console.log(typeof LocalXrayModule, typeof startLocalXray)';
      const running = await installed.start(
        process.execPath,
        ['--input-type=module', '-e', script],
        'function function',
      );
      await running.stop();
    });
  });

  describe('both, with a Nest app,', () => {
    let installed: Installed;
    let localXray: Running;
    let app: Running;
    let address: string;
    let id: string;

    beforeAll(async () => {
      installed = await packed.install('app', ['nestjs-xray', 'local-xray'], NEST);
      const port = await freePort();
      await installed.compile({ 'main.ts': main(port) });
      address = `127.0.0.1:${await freePort()}`;
      const start = performance.now();
      localXray = await installed.start(
        process.execPath,
        ['node_modules/local-xray/bin/local-xray.js', '--address', address, '--db', ':memory:'],
        'listens on',
      );
      app = await installed.start(process.execPath, ['dist/main.js'], 'successfully started', {
        AWS_XRAY_DAEMON_ADDRESS: address,
      });
      // Nest says so when it is ready to listen, a moment before it does.
      const url = `http://127.0.0.1:${port}/cart/total`;
      const response = await until('the application to listen', () => fetch(url));
      expect(await response.json()).toEqual({ total: 5 });
      id = await until('the trace', async () => {
        const answer = await fetch(`http://${address}/console/traces`);
        return ((await answer.json()) as { rows: { id: string }[] }).rows[0]?.id;
      });
      const seconds = (performance.now() - start) / 1000;
      console.info(
        `From npx local-xray to the first trace of the README's app: ${seconds.toFixed(1)} s`,
      );
    }, 180_000);
    afterAll(async () => {
      await app?.stop();
      await localXray?.stop();
    });

    it('show the trace of a request in the browser', async () => {
      await withChromium(async (page) => {
        await page.goto(`http://${address}/traces/${id}`);
        await page.locator('[role=row][data-name="CartController.total"]').waitFor();
      });
    });

    it('show it in the terminal, as Markdown, and to a coding agent', async () => {
      const printed = await installed.npx('local-xray', 'trace', 'last', '--endpoint', address);
      expect(printed).toContain('shop GET /cart/total 200');
      expect(printed).toContain('CartController.total');

      const markdown = await fetch(`http://${address}/traces/${id}.md`);
      expect((await markdown.text()).trim()).toBe(printed.trim());

      const client = new Client({ name: 'test', version: '1' });
      await client.connect(new StreamableHTTPClientTransport(new URL(`http://${address}/mcp`)));
      const { content } = await client.callTool({ name: 'get_trace', arguments: { id } });
      await client.close();
      expect((content as { text: string }[])[0]!.text.trim()).toBe(printed.trim());
    }, 180_000);

    it.each([22, 24])(
      'trace a request on Node %i',
      async (major) => {
        const node = await programOf(major);
        const port = await freePort();
        await installed.compile({ [`on-${major}.ts`]: main(port) });
        const env = { AWS_XRAY_DAEMON_ADDRESS: address };
        const other = await installed.start(
          node,
          [`dist/on-${major}.js`],
          'successfully started',
          env,
        );
        const response = await until('the application to listen', () =>
          fetch(`http://127.0.0.1:${port}/cart/total`),
        );
        const trace = `http://${address}/traces/${response.headers.get('x-trace-id')}.md`;
        const text = await until('its trace', async () => {
          const answer = await fetch(trace);
          return answer.ok ? answer.text() : undefined;
        });
        await other.stop();

        expect(text).toContain('shop GET /cart/total 200');
        expect(text).toContain('CartController.total');
      },
      180_000,
    );

    it('compile the Nest example in docs/local-xray.md', async () => {
      const text = readFileSync(join(root, 'docs/local-xray.md'), 'utf8');
      const snippets = [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1]!);
      expect(snippets).not.toHaveLength(0);
      await installed.compile(
        Object.fromEntries(snippets.map((snippet, at) => [`snippet-${at}.ts`, snippet])),
      );
    }, 180_000);
  });
});

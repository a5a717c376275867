import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, get as httpGet, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { compiledLibrary, type CompiledLibrary } from './compiled-library';
import { udpDaemon, type UdpDaemon } from './udp-daemon';

/**
 * The body that a server answers on a connection of its own. One that is kept alive and never idle
 * would keep the server open for as long as there is load, with tracing or without.
 */
async function get(port: number): Promise<string> {
  const request = httpGet({ port, host: '127.0.0.1', agent: false });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return text(response);
}

describe('a separate process', () => {
  let library: CompiledLibrary;
  let daemon: UdpDaemon;

  beforeAll(async () => {
    library = compiledLibrary();
    daemon = await udpDaemon();
  });
  afterAll(async () => {
    library.remove();
    await daemon.close();
  });
  beforeEach(() => {
    daemon.documents.length = 0;
  });

  /** Runs `script` with the library as `xray`, and Nest. */
  function start(script: string, env: Record<string, string> = {}) {
    const prelude = `
      require('reflect-metadata');
      const load = (file) => require(${JSON.stringify(library.path('.'))} + '/' + file);
    `;
    const child = spawn(process.execPath, ['-e', prelude + script], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...process.env,
        AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.port}`,
        NODE_NO_WARNINGS: '1',
        ...env,
      },
    });
    const output = { out: '', err: '' };
    child.stdout.on('data', (chunk) => (output.out += String(chunk)));
    child.stderr.on('data', (chunk) => (output.err += String(chunk)));
    const ended = once(child, 'close').then(() => output);
    const line = async (pattern: RegExp) => {
      while (!pattern.test(output.out)) {
        if (child.exitCode !== null) throw new Error(output.err);
        await Promise.race([once(child.stdout, 'data'), ended]);
      }
      return pattern.exec(output.out)!;
    };
    return { child, output, ended, line };
  }

  const APP = `
    const { Module } = require('@nestjs/common');
    const { NestFactory } = require('@nestjs/core');
    const { XrayModule, XrayService } = load('index');
    function app(options, setUp) {
      class App {}
      Module({ imports: [XrayModule.forRoot({ serviceName: 'child', ...options })] })(App);
      return NestFactory.create(App, { logger: false });
    }
  `;

  it('sends everything before it exits, without an explicit flush', async () => {
    const { ended } = start(`${APP}
      app({}).then(async (made) => {
        await made.init();
        made.get(XrayService).captureSegment('script', () => undefined);
        void made.get(XrayService).captureSegment('open', () => new Promise(() => {}));
      });
    `);
    expect((await ended).err).toBe('');
    await daemon.received(2);
    expect(daemon.documents.map(({ name, in_progress }) => [name, in_progress]).sort()).toEqual([
      ['open', true],
      ['script', undefined],
    ]);
  });

  const OTLP = (port: number) => ({
    XRAY_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${port}`,
  });
  const SCRIPT = `${APP}
    app({ shutdownTimeoutMs: 300 }).then(async (made) => {
      await made.init();
      const xray = made.get(XrayService);
      for (let n = 0; n < 3; n++) xray.captureSegment('script', () => undefined);
      process.on('exit', () => require('node:fs').writeSync(1, 'stats ' + JSON.stringify(xray.stats())));
    });
  `;

  it('waits at its end until a collector has accepted everything', async () => {
    const collector = createServer((request, response) => {
      request.resume();
      request.on('end', () => setImmediate(() => response.end()));
    });
    await once(collector.listen(0, '127.0.0.1'), 'listening');
    const { ended } = start(SCRIPT, OTLP((collector.address() as AddressInfo).port));
    const { out, err } = await ended;
    expect(err).toBe('');
    expect(JSON.parse(out.slice('stats '.length))).toMatchObject({ closed: 3, sent: 3 });
    collector.close();
  });

  it('counts as dropped what a hanging collector has not accepted, and logs it', async () => {
    const silent = createServer(() => undefined);
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const { ended } = start(
      SCRIPT.replace(
        'shutdownTimeoutMs',
        'logger: { warn: (m) => console.log(m) }, shutdownTimeoutMs',
      ),
      OTLP((silent.address() as AddressInfo).port),
    );
    const { out } = await ended;
    expect(out).toMatch(
      /may be lost because the process ended before they were sent: 3\. They could/,
    );
    expect(JSON.parse(/stats (.*)/.exec(out)![1]!)).toMatchObject({
      closed: 3,
      sent: 0,
      dropped: 3,
    });
    silent.closeAllConnections();
    silent.close();
  });

  it('accounts for every request when SIGTERM comes under load', async () => {
    const { child, line, ended } = start(`${APP}
      app({}).then(async (made) => {
        made.enableShutdownHooks();
        const xray = made.get(XrayService);
        made.use((request, response) => xray.capture('work', async () => {
          await new Promise((done) => setTimeout(done, 5));
          response.end('done');
        }));
        await made.listen(0, '127.0.0.1');
        // Nest ends itself with the signal once all is shut down, and then there is no 'exit'.
        const { kill } = process;
        process.kill = (...args) => {
          require('node:fs').writeSync(1, 'stats ' + JSON.stringify(xray.stats()) + '\\n');
          return kill.apply(process, args);
        };
        console.log('port ' + made.getHttpServer().address().port);
      });
    `);
    const port = Number((await line(/port (\d+)/))[1]);
    let answered = 0;
    let wrong = 0;
    let terminated = false;
    const client = async () => {
      for (;;) {
        try {
          if ((await get(port)) === 'done') answered++;
          else wrong++;
        } catch {
          if (!terminated) wrong++;
          return;
        }
        if (answered === 300) {
          terminated = true;
          child.kill('SIGTERM');
        }
      }
    };
    await Promise.all(Array.from({ length: 20 }, client));
    const { out, err } = await ended;
    expect(err).toBe('');
    const stats = JSON.parse(/stats (.*)/.exec(out)![1]!) as Record<string, number>;
    expect(wrong).toBe(0);
    expect(answered).toBeGreaterThanOrEqual(300);
    expect(stats.sent! + stats.failed! + stats.dropped!).toBe(stats.closed);
    expect(stats.closed).toBeGreaterThanOrEqual(answered);
    expect(stats.sent).toBe(stats.closed);
  });

  const COUNT_HOOKS = `
    const hooks = require('node:async_hooks');
    const { createHook } = hooks;
    let enabled = 0;
    hooks.createHook = (callbacks) => {
      const hook = createHook(callbacks);
      const { enable } = hook;
      hook.enable = () => (enabled++, enable.call(hook));
      return hook;
    };
  `;

  it("enables no async hook together with AWS's SDK", async () => {
    const { ended } = start(`${COUNT_HOOKS} ${APP}
      load('interop/aws-sdk');
      const AWSXRay = require('aws-xray-sdk-core');
      app({}).then(async (made) => {
        await made.init();
        await made.get(XrayService).captureSegment('job', async () => {
          await AWSXRay.captureAsyncFunc('theirs', async (sub) => sub.close());
        });
        console.log(JSON.stringify({ enabled, automatic: AWSXRay.isAutomaticMode() }));
      });
    `);
    const { out, err } = await ended;
    expect(err).toBe('');
    expect(JSON.parse(out)).toEqual({ enabled: 0, automatic: true });
    await daemon.received(1);
    expect(daemon.documents).toMatchObject([{ name: 'job', subsegments: [{ name: 'theirs' }] }]);
  });

  it("logs once that AWS's SDK was loaded too early, with the remedy, and works", async () => {
    const { ended } = start(`${COUNT_HOOKS}
      const AWSXRay = require('aws-xray-sdk-core');
      ${APP}
      load('interop/aws-sdk');
      load('interop/aws-sdk');
      app({}).then(async (made) => {
        await made.init();
        await made.get(XrayService).captureSegment('job', async () => {
          await AWSXRay.captureAsyncFunc('theirs', async (sub) => sub.close());
        });
        console.log('enabled ' + enabled);
      });
    `);
    const { out, err } = await ended;
    const said = `${out}${err}`.match(/aws-xray-sdk-core was loaded before[^\n]*/g);
    expect(said).toHaveLength(1);
    expect(said![0]).toContain("Import 'nestjs-xray/aws-sdk' in the first line");
    expect(out).toContain('enabled 1');
    await daemon.received(1);
    expect(daemon.documents).toMatchObject([{ name: 'job', subsegments: [{ name: 'theirs' }] }]);
  });

  it("works with AWS's SDK in manual mode, without its hook", async () => {
    const { ended } = start(
      `${COUNT_HOOKS} const AWSXRay = require('aws-xray-sdk-core'); ${APP}
      load('interop/aws-sdk');
      app({}).then(async (made) => {
        await made.init();
        made.get(XrayService).captureSegment('job', () => AWSXRay.captureFunc('x', () => {}));
        console.log('enabled ' + enabled);
      });`,
      { AWS_XRAY_MANUAL_MODE: '1' },
    );
    const { out, err } = await ended;
    expect([out, err]).toEqual(['enabled 0\n', '']);
    await daemon.received(1);
    expect(daemon.documents).toMatchObject([{ name: 'job', subsegments: [{ name: 'x' }] }]);
  });

  it("loads AWS's SDK and other optional packages only on request", async () => {
    const { ended } = start(`${APP}
      app({ capture: false }).then(() => {
        const loaded = Object.keys(require.cache).filter((path) => /aws-xray-sdk|cls-hooked|[/]pg[/]|@smithy/.test(path));
        console.log(JSON.stringify(loaded));
        process.exit();
      });
    `);
    const { out, err } = await ended;
    expect([out, err]).toEqual(['[]\n', '']);
  });

  it('keeps an unhandled rejection of a traced query unhandled', async () => {
    const { child, ended } = start(`${APP}
      const { Client } = require('pg');
      app({}).then(async (made) => {
        await made.init();
        process.on('unhandledRejection', (why) => { console.log('unhandled ' + why.message); process.exit(); });
        made.get(XrayService).captureSegment('job', () => {
          const client = new Client({ host: '127.0.0.1', port: 1 });
          client.connect().catch(() => {});
          client.end();
          void client.query('select 1');
        });
      });
    `);
    expect((await ended).out).toMatch(/^unhandled /);
    expect(child.exitCode).toBe(0);
  });
});

import { Module, type DynamicModule, type LoggerService, type Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { Transport } from '@nestjs/microservices';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { OtlpEmitter, XrayModule, type Emitter, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { runChild } from './child/run-child';

const environment = { ...process.env };
afterEach(() => void (process.env = { ...environment }));

/** What the application's own logger is given with the context XrayModule. */
class Lines implements LoggerService {
  readonly lines: string[] = [];
  readonly log = (message: unknown, context?: unknown) => {
    if (context === 'XrayModule') this.lines.push(String(message));
  };
  readonly warn = this.log;
  readonly error = () => undefined;
}

function moduleOf(...imports: DynamicModule[]): Type {
  @Module({ imports })
  class App {}
  return App;
}

const shop = (options: Partial<XrayOptions> = {}) =>
  XrayModule.forRoot({ serviceName: 'shop', ...options });

/** The lines of an application without a server. */
async function linesWith(...imports: DynamicModule[]): Promise<string[]> {
  const logger = new Lines();
  const app = await NestFactory.createApplicationContext(moduleOf(...imports), { logger });
  await app.close();
  return logger.lines;
}

/** Custom, and named by its class. */
class FileEmitter implements Emitter {
  emit(): void {}
  async flush(): Promise<void> {}
  async close(): Promise<void> {}
}

const plain: Emitter = {
  emit: () => undefined,
  flush: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

const rules = {
  version: 2,
  default: { fixed_target: 1, rate: 0.1 },
  rules: [],
} as never;

describe('the startup line', () => {
  it('shows where traces go and which requests are recorded', async () => {
    expect(await linesWith(shop())).toEqual(['shop → udp 127.0.0.1:2000, all requests']);
  });

  it.each<[Partial<XrayOptions>, string]>([
    [{ daemonAddress: 'xray.internal:2001' }, 'udp xray.internal:2001'],
    [{ daemonAddress: '[::1]:2000' }, 'udp [::1]:2000'],
    [{ daemonAddress: 'tcp:10.0.0.1:2002 udp:10.0.0.2:2001' }, 'udp 10.0.0.2:2001'],
    [{ emitter: new MemoryEmitter() }, 'memory'],
    [{ emitter: new FileEmitter() }, 'FileEmitter'],
    [{ emitter: plain }, "the application's emitter"],
    [{ emitter: { ...plain, destination: 'the moon' } }, 'the moon'],
  ])('names the receiver: %j', async (options, expected) => {
    expect(await linesWith(shop(options))).toEqual([`shop → ${expected}, all requests`]);
  });

  it('names a collector without credentials and query', async () => {
    process.env.XRAY_EXPORTER = 'otlp';
    process.env.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT =
      'http://user:secret@collector:4318/v1/traces?token=secret';
    const expected = ['shop → otlp http://collector:4318/v1/traces, all requests'];
    expect(await linesWith(shop())).toEqual(expected);
    expect(await linesWith(shop({ emitter: new OtlpEmitter() }))).toEqual(expected);
  });

  it.each<[XrayOptions['sampling'], string]>([
    [1, 'all requests'],
    [0.1, '10 % of requests'],
    [0.07, '7 % of requests'],
    [0.0005, '0.05 % of requests'],
    [0, 'no requests'],
    [() => true, 'requests that a function picks'],
    [rules, 'requests by local rules'],
    ['central', "requests by the daemon's rules"],
  ])('shows how sampling %p selects requests', async (sampling, expected) => {
    const options = { sampling, emitter: new MemoryEmitter(), logger: undefined };
    expect((await linesWith(shop(options)))[0]).toBe(`shop → memory, ${expected}`);
  });

  it('shows which outgoing calls are not recorded', async () => {
    const emitter = new MemoryEmitter();
    expect(await linesWith(shop({ emitter, capture: { aws: false, jobs: false } }))).toEqual([
      'shop → memory, all requests; not captured: aws (off), jobs (off)',
    ]);
    expect(await linesWith(shop({ emitter, capture: false }))).toEqual([
      'shop → memory, all requests; not captured: outgoing calls (off)',
    ]);
  });

  it('shows which libraries were not loaded', async () => {
    expect(await runChild('start-line.ts')).toBe(
      'shop → memory, all requests; not captured: aws (not loaded yet), sql (not loaded yet)',
    );
  });

  it('has the effective service name', async () => {
    process.env.AWS_XRAY_TRACING_NAME = 'by-variable';
    expect(await linesWith(shop())).toEqual(['by-variable → udp 127.0.0.1:2000, all requests']);
  });

  it('is logged once with two XrayModules, by the first that is enabled', async () => {
    const again = XrayModule.forRoot({ serviceName: 'again', emitter: new MemoryEmitter() });
    const off = XrayModule.forRoot({ serviceName: 'off', enabled: false });
    const expected = ['shop → udp 127.0.0.1:2000, all requests'];
    expect(await linesWith(shop(), again)).toEqual(expected);
    expect(await linesWith(off, shop(), again)).toEqual(expected);
  });

  it.each([
    ['Express', () => undefined],
    ['Fastify', () => new FastifyAdapter()],
  ])('is logged once on %s, also with a connected microservice', async (_name, adapter) => {
    const logger = new Lines();
    const app = await NestFactory.create(moduleOf(shop()), (adapter() ?? { logger }) as never, {
      logger,
    });
    app.connectMicroservice({ transport: Transport.TCP, options: { port: 0 } });
    await app.startAllMicroservices();
    expect(logger.lines).toEqual([]);
    await app.listen(0, '127.0.0.1');
    expect(logger.lines).toEqual(['shop → udp 127.0.0.1:2000, all requests']);
    await app.close();
    expect(logger.lines).toHaveLength(1);
  });

  it('is logged once by a microservice', async () => {
    const logger = new Lines();
    const options = { transport: Transport.TCP, options: { port: 0 }, logger };
    const app = await NestFactory.createMicroservice(moduleOf(shop()), options);
    await app.listen();
    expect(logger.lines).toEqual(['shop → udp 127.0.0.1:2000, all requests']);
    await app.close();
  });

  it('is logged for each application that a testing module creates', async () => {
    const logger = new Lines();
    const module = await Test.createTestingModule({
      imports: [shop({ emitter: new MemoryEmitter() })],
    }).compile();
    for (let round = 1; round <= 2; round++) {
      const app = module.createNestApplication({ logger });
      await app.init();
      expect(logger.lines).toHaveLength(round);
      await app.close();
    }
    expect(new Set(logger.lines)).toEqual(new Set(['shop → memory, all requests']));
  });

  it('is passed to the logger of the module, if it accepts such lines', async () => {
    const said: string[] = [];
    const log = (message: string) => void said.push(message);
    expect(await linesWith(shop({ logger: { warn: () => undefined, log } }))).toEqual([]);
    expect(said).toEqual(['shop → udp 127.0.0.1:2000, all requests']);
    expect(await linesWith(shop({ logger: { warn: log } }))).toEqual([]);
    expect(said).toHaveLength(1);
    const throws = () => {
      throw new Error('no logging today');
    };
    expect(await linesWith(shop({ logger: { warn: throws, log: throws } }))).toEqual([]);
  });

  it.each(['warn', 'error', 'silent'])('is left out at AWS_XRAY_LOG_LEVEL=%s', async (level) => {
    process.env.AWS_XRAY_LOG_LEVEL = level;
    expect(await linesWith(shop())).toEqual([]);
  });

  it('is not logged by an application that is not traced', async () => {
    expect(await linesWith(shop({ enabled: false }))).toEqual([]);
  });
});

describe('the warning about names of classes', () => {
  let folder: string;
  beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'renamed-'))));
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The lines of an application whose providers are the classes of a file. */
  async function linesOf(text: string): Promise<string[]> {
    const filename = join(folder, 'main.cjs');
    writeFileSync(filename, text);
    const providers = new Script(text, { filename }).runInThisContext() as Type[];
    @Module({ imports: [shop()], providers })
    class App {}
    const logger = new Lines();
    const app = await NestFactory.createApplicationContext(App, { logger });
    await app.close();
    return logger.lines.slice(0, -1);
  }

  it('lists those that a bundler renamed, once, and what keeps them', async () => {
    const names = ['Cart', 'Order', 'S3', 'Stock', 'User'];
    const code = names.map((name) => `var ${name} = class ${name}2 {};`).join('\n');
    expect(await linesOf(`${code}\n[${names.join()}]`)).toEqual([
      'The bundler renamed classes, and traces show these names: Cart2 for Cart, Order2 for Order, ' +
        'S32 for S3 and 2 more. Configure it to keep them: keepNames: true (esbuild, Rolldown), or ' +
        'optimization: { concatenateModules: false } (webpack, rspack). Or set names: ' +
        "@Subsegment('Cart.load').",
    ]);
  });

  it('is not logged for names that only look like those', async () => {
    expect(await linesOf('var S3 = class S3 {};\n[S3, class OAuth2 {}, class Http2 {}]')).toEqual(
      [],
    );
  });

  it('is logged for minified names of an application that is bundled without this package', async () => {
    const filler = `var filler = ${JSON.stringify('x'.repeat(1_000))};`;
    const [line, ...more] = await linesOf(`${filler}[class a {}, class Ke {}]`);
    expect(line).toMatch(/^Class names are minified in this bundle.* keepNames \(esbuild\)/);
    expect(more).toEqual([]);
  });
});

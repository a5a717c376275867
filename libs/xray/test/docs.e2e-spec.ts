import 'reflect-metadata';
import { transformSync, type Options } from '@swc/core';
import { NestFactory } from '@nestjs/core';
import { ClientProxyFactory, Transport } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { XRAY_OPTIONS } from '../src/xray.options';
import { XrayModule, XrayService, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter, trace } from 'nestjs-xray/testing';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import { pino } from 'pino';
import { lastValueFrom } from 'rxjs';
import { WebSocket } from 'ws';

const root = join(__dirname, '../../..');
const swc = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8')) as Options & {
  exclude: unknown;
};
const { paths: _paths, baseUrl: _baseUrl, ...jsc } = swc.jsc!;

interface Example {
  /** What the block of TypeScript exports. */
  exports: any;
  /** The document under it: what it is said to leave behind. */
  document: unknown;
}

/** The examples of a page by their headings, compiled and run. */
function examples(page: string): Map<string, Example> {
  const text = readFileSync(join(root, 'docs', page), 'utf8');
  const sections = text.split(/^## /m).slice(1);
  return new Map(
    sections.flatMap((section) => {
      const code = /^```ts\n([\s\S]*?)^```$/m.exec(section)?.[1];
      if (code === undefined) return [];
      const json = /^```json\n([\s\S]*?)^```$/m.exec(section)?.[1];
      const document: unknown = json === undefined ? undefined : JSON.parse(json);
      return [[section.split('\n', 1)[0]!, { exports: run(code), document }]];
    }),
  );
}

function run(code: string): unknown {
  const options: Options = {
    swcrc: false,
    filename: 'example.ts',
    jsc,
    module: { type: 'commonjs' },
  };
  const module = { exports: {} };
  // A page's own code, which has to run in this realm to share its classes.
  // eslint-disable-next-line @typescript-eslint/no-implied-eval
  new Function('module', 'exports', 'require', transformSync(code, options).code)(
    module,
    module.exports,
    require,
  );
  return module.exports;
}

const xray = new MemoryEmitter();
const closing: (() => unknown)[] = [];
beforeEach(() => {
  xray.documents.length = 0;
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function recorded(count: number) {
  while (xray.documents.length < count) await new Promise((turn) => setImmediate(turn));
  return xray.documents;
}

/** Has a module of an example, which names no emitter, emit to memory. */
function toMemory(module: object): void {
  for (const { providers = [] } of Reflect.getMetadata('imports', module) as {
    providers?: { provide?: unknown; useValue?: XrayOptions }[];
  }[]) {
    for (const { provide, useValue } of providers) {
      if (provide === XRAY_OPTIONS) useValue!.emitter = xray;
    }
  }
}

/** Starts a module of an example. */
async function start(module: object) {
  toMemory(module);
  const app = await NestFactory.create(module as never, { logger: false });
  closing.push(() => app.close());
  app.useWebSocketAdapter(new WsAdapter(app));
  await app.listen(0, '127.0.0.1');
  const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
  return { app, port };
}

/** Asks for `path`, as the client of `host`. */
function get(port: number, path: string, host = 'localhost'): Promise<void> {
  return new Promise((done, failed) => {
    const asked = request({ port, path, host: '127.0.0.1', headers: { host } }, (response) => {
      response.resume().on('end', done);
    });
    asked.on('error', failed).end();
  });
}

/** What a segment of its own around `work` was left with. */
const inSegment = async (work: () => Promise<unknown>) => (await trace(work)).segment;

/** How each example is tried, and what it leaves then. */
const tried: Record<string, Record<string, (exports: any) => unknown>> = {
  'decorators.md': {
    'A method': ({ CartService }) => inSegment(() => new CartService().total([1, 2])),
    'What is timed': ({ Prices }) =>
      inSegment(async () => {
        const prices = new Prices();
        await lastValueFrom(prices.watch('pear'));
        await lastValueFrom(prices.watch('gone')).catch(() => undefined);
        for await (const _ of prices.pages());
      }),
    'More than the time': ({ Users }) =>
      inSegment(async () => {
        await new Users().find('1');
        await new Users().rename('2', 'Ann').catch(() => undefined);
      }),
    Arguments: ({ Activities }) =>
      inSegment(async () =>
        new Activities().search('andrew', new Date('2026-11-22'), { tags: ['cloud'] }),
      ),
    'A class': ({ BookStore }) =>
      inSegment(async () => {
        const store = new BookStore();
        store.count();
        store.named();
      }),
    'Every provider': async ({ AppModule }) => {
      await start(AppModule);
      return undefined;
    },
    'Outside of a request': async ({ Jobs }) => {
      class Root {}
      Reflect.defineMetadata('imports', [XrayModule.forRoot({ serviceName: 'x' })], Root);
      Reflect.defineMetadata('providers', [Jobs], Root);
      const { app } = await start(Root);
      await app.get(Jobs).nightly(7);
      await app.get(Jobs).script();
      return recorded(2);
    },
    'By hand': async ({ Checkout }) => {
      class Root {}
      Reflect.defineMetadata('imports', [XrayModule.forRoot({ serviceName: 'x' })], Root);
      Reflect.defineMetadata('providers', [Checkout], Root);
      const { app } = await start(Root);
      return inSegment(() => app.get(Checkout).pay('u1', 12));
    },
    'Log lines with the trace id': async ({ pinoOptions, JsonLogger }) => {
      class Root {}
      Reflect.defineMetadata('imports', [XrayModule.forRoot({ serviceName: 'x' })], Root);
      const { app } = await start(Root);
      const xray = app.get(XrayService);
      const lines: string[] = [];
      const log = pino(pinoOptions(xray).pinoHttp, { write: (line) => void lines.push(line) });
      const nest = new JsonLogger(xray);
      const stdout = jest.spyOn(process.stdout, 'write').mockImplementation((line) => {
        lines.push(String(line));
        return true;
      });
      try {
        for (const write of [() => log.info('from pino'), () => nest.log('from Nest')]) {
          write();
          await xray.captureSegment('job', async () => write());
        }
      } finally {
        stdout.mockRestore();
      }
      const [first, second] = await recorded(2);
      expect(lines.map((line) => (JSON.parse(line) as { traceId?: string }).traceId)).toEqual([
        undefined,
        first!.trace_id,
        undefined,
        second!.trace_id,
      ]);
    },
    'In unit tests': ({ segment }) => segment,
  },
  'entries.md': {
    HTTP: async ({ AppModule }) => {
      const { port } = await start(AppModule);
      await get(port, '/books/0');
      return (await recorded(1))[0];
    },
    'Without the interceptor': async ({ LeanModule }) => {
      await start(LeanModule);
      return undefined;
    },
    'What to leave out': async ({ AppModule }) => {
      const { port } = await start(AppModule);
      for (const path of ['/health', '/ready', '/work']) await get(port, path);
      return recorded(1);
    },
    Names: async ({ AppModule }) => {
      const { port } = await start(AppModule);
      await get(port, '/', 'api.example.com');
      await recorded(1);
      await get(port, '/', 'elsewhere.org');
      return recorded(2);
    },
    Microservices: async ({ StockModule }) => {
      toMemory(StockModule);
      const options = { host: '127.0.0.1', port: 0 };
      const app = await NestFactory.createMicroservice(StockModule, {
        transport: Transport.TCP,
        options,
        logger: false,
      } as never);
      closing.push(() => app.close());
      await app.listen();
      const { port } = app.unwrap<Server>().address() as AddressInfo;
      const client = ClientProxyFactory.create({
        transport: Transport.TCP,
        options: { ...options, port },
      });
      closing.push(() => client.close());
      await lastValueFrom(client.send({ cmd: 'count' }, 'pear'));
      client.emit('sold', '');
      return recorded(2);
    },
    'WebSocket gateways': async ({ ChatModule }) => {
      const { port } = await start(ChatModule);
      const socket = new WebSocket(`ws://127.0.0.1:${port}`);
      closing.push(() => socket.terminate());
      await once(socket, 'open');
      socket.send(JSON.stringify({ event: 'say', data: '' }));
      return recorded(1);
    },
  },
};

describe.each(Object.entries(tried))('the examples of docs/%s', (page, tries) => {
  const found = examples(page);

  it('are all tried', () => {
    expect([...found.keys()]).toEqual(Object.keys(tries));
  });

  it.each(Object.entries(tries))('leave what stands under them: %s', async (heading, attempt) => {
    const { exports, document } = found.get(heading)!;
    const left = await attempt(exports);
    if (document === undefined) expect(left).toBeUndefined();
    else expect(JSON.parse(JSON.stringify(left))).toMatchObject(document as object);
  });
});

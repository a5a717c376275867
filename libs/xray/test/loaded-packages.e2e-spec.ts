import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { publishedLibrary, type PublishedLibrary } from './published-library';

const run = promisify(execFile);

/** Prints, one a line, what each step loaded that the steps before had not. */
const SCRIPT = `
  require('reflect-metadata');
  const { Module } = require('@nestjs/common');
  const { NestFactory } = require('@nestjs/core');
  const known = new Set();
  const packages = () => {
    const names = Object.keys(require.cache).flatMap((path) => {
      const [name] = /(@[^/]+\\/)?[^/]+/.exec(path.replaceAll('\\\\', '/').split('/node_modules/').at(-1));
      return path.includes('nestjs-xray-') || known.has(name) ? [] : [name];
    });
    for (const name of names) known.add(name);
    console.log(JSON.stringify([...new Set(names)].sort()));
  };
  async function start(imports) {
    class App {}
    Module({ imports })(App);
    if (process.env.STANDALONE) {
      const context = await NestFactory.createApplicationContext(App, { logger: false });
      return context.close();
    }
    const app = await NestFactory.create(App, { logger: false });
    await app.listen(0, '127.0.0.1');
    const response = await fetch(await app.getUrl());
    await response.text();
    await app.close();
  }
  (async () => {
    await start([]);
    packages();
    const { XrayModule } = require(process.env.LIBRARY);
    packages();
    const capture = process.env.CAPTURE !== 'no';
    await start([XrayModule.forRoot({ serviceName: 'shop', sampling: 'central', capture })]);
    packages();
  })();
`;

/** Those that the repository has, and an application may have without using them. */
const HEAVY = /^(@aws-sdk\/|@bufbuild\/|@opentelemetry\/|@smithy\/|aws-xray-sdk|pg$|pg-)/;
/** Nest itself loads these for an HTTP application, where they are installed. */
const NEST = ['@nestjs/microservices', '@nestjs/websockets'];

/** Starts an application that keeps its segments, once NestFactory and XrayModule are there. */
const STARTED = `
    const segments = [];
    const emitter = {
      emit: (segment) => void segments.push(JSON.parse(JSON.stringify(segment))),
      flush: async () => undefined,
      close: async () => undefined,
    };
    class App {}
    const root = { module: App, imports: [XrayModule.forRoot({ serviceName: 'shop', emitter })] };
    const app = await NestFactory.createApplicationContext(root, { logger: false });
`;

/** Prints which calls a segment has, of packages that are loaded after the application has started. */
const LATE = `
  const later = async (load) => {
    const { NestFactory } = await load('@nestjs/core');
    const library = await load(process.env.LIBRARY);
    const { XrayModule, XrayService } = library.default ?? library;
    ${STARTED}
    const server = createServer((request, response) => response.end('{}')).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const pg = await load('pg');
    const { ListQueuesCommand, SQSClient } = await load('@aws-sdk/client-sqs');
    const { ClientProxyFactory } = await load('@nestjs/microservices');
    await app.get(XrayService).captureSegment('late', async () => {
      // Never connected: the query waits, and is in progress when the segment ends.
      const client = new (pg.Client ?? pg.default.Client)({ host: 'db', database: 'shop' });
      client.query('SELECT 1', () => undefined);
      await new SQSClient({
        region: 'eu-central-1',
        endpoint: 'http://127.0.0.1:' + server.address().port,
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      }).send(new ListQueuesCommand({}));
      const proxy = ClientProxyFactory.create({ options: { host: '127.0.0.1', port: 1 } });
      await proxy.connect().catch(() => undefined);
    });
    const [{ subsegments }] = segments;
    console.log(JSON.stringify(subsegments.map(({ name }) => name)));
    process.exit();
  };
`;

/** Prints which calls a segment has, of two copies of pg under other names. */
const ALIASES = `
  const early = require('pg2');
  const { NestFactory } = require('@nestjs/core');
  const { XrayModule, XrayService } = require(process.env.LIBRARY);
  (async () => {
    ${STARTED}
    const late = require('@shop/postgres');
    await app.get(XrayService).captureSegment('both', async () => {
      // Never connected: the queries wait, and are in progress when the segment ends.
      new early.Client({ host: 'db', database: 'early' }).query('SELECT 1', () => undefined);
      new late.Client({ host: 'db', database: 'late' }).query('SELECT 1', () => undefined);
    });
    console.log(JSON.stringify(segments[0].subsegments.map(({ name }) => name)));
    process.exit();
  })();
`;

/** Prints the files of this package that `require` or `import` loads. */
const FILES = `
  const { createRequire } = require('node:module');
  const { basename, dirname } = require('node:path');
  (async () => {
    await (process.env.IMPORT ? import(process.env.LIBRARY) : require(process.env.LIBRARY));
    const own = dirname(process.env.LIBRARY);
    const files = Object.keys(createRequire(__filename).cache).filter((path) => dirname(path) === own);
    console.log(JSON.stringify(files.map((path) => basename(path)).sort()));
  })();
`;

describe('an application', () => {
  let library: PublishedLibrary;
  beforeAll(() => void (library = publishedLibrary()));
  afterAll(() => library.remove());

  /** Runs `script` as the main file of an application: a string for `node -e` is no module. */
  async function lines(file: string, script: string, env: Record<string, string> = {}) {
    const main = join(library.folder, file);
    writeFileSync(main, script);
    const { stdout } = await run(process.execPath, [main], {
      env: { ...process.env, NODE_NO_WARNINGS: '1', LIBRARY: library.path(), ...env },
    });
    return stdout.trim().split('\n');
  }

  async function loaded(env: Record<string, string> = {}): Promise<string[][]> {
    return (await lines('main.cjs', SCRIPT, env)).map((line) => JSON.parse(line) as string[]);
  }

  it.each([
    ['required', {}],
    ['imported', { IMPORT: 'yes' }],
  ])('loads a few files of this package when it is %s', async (_, env) => {
    const [files] = await lines('files.cjs', FILES, env);
    expect(JSON.parse(files!)).toEqual(['index.js', 'nestjs-xray.js', 'rolldown-runtime.js']);
  });

  it('loads no package by requiring this one', async () => {
    const [nest, atRequire] = await loaded();
    expect(nest).toContain('reflect-metadata');
    expect(atRequire).toEqual([]);
  });

  it('loads no package at startup that the application does not use', async () => {
    const [, , atStart] = await loaded();
    expect(atStart!.filter((name) => HEAVY.test(name))).toEqual([]);
    expect(atStart!.filter((name) => !NEST.includes(name))).toEqual([]);
    const [, , standalone] = await loaded({ STANDALONE: 'yes' });
    expect(standalone).toEqual([]);
  });

  it.each([
    [
      'CommonJS',
      'late.cjs',
      `const { createServer } = require('node:http'); const { once } = require('node:events');${LATE} later(async (name) => require(name));`,
    ],
    [
      'ES modules',
      'late.mjs',
      `import { createServer } from 'node:http'; import { once } from 'node:events';${LATE} await later((name) => import(name));`,
    ],
  ])('records calls of packages that it loads later, in %s', async (_, file, script) => {
    const [names] = await lines(file, script);
    expect(JSON.parse(names!)).toEqual(['shop@db', 'SQS', '127.0.0.1:1']);
  });

  it('records calls of packages that are installed under another name, loaded early or late', async () => {
    const dependencies = { pg2: 'npm:pg@^8.0.0', '@shop/postgres': 'npm:pg@latest' };
    writeFileSync(join(library.folder, 'package.json'), JSON.stringify({ dependencies }));
    for (const alias of Object.keys(dependencies)) {
      const folder = join(library.folder, 'node_modules', alias);
      cpSync(join(__dirname, '../../../node_modules/pg'), folder, { recursive: true });
    }
    const [names] = await lines('aliases.cjs', ALIASES);
    expect(JSON.parse(names!)).toEqual(['early@db', 'late@db']);
  });

  it('loads the protobuf encoder when it is needed, and not before', async () => {
    const otlp = { XRAY_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    const [, atRequire, atStart] = await loaded({ ...otlp, CAPTURE: 'no' });
    expect(atRequire).toEqual([]);
    expect(atStart).toContain('@bufbuild/protobuf');
  });
});

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { compiledLibrary, type CompiledLibrary } from './compiled-library';

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
/** Nest keeps these in one part of the process, whoever asks for them. */
const NEST = ['@nestjs/microservices', '@nestjs/websockets'];

describe('an application', () => {
  let library: CompiledLibrary;
  beforeAll(() => void (library = compiledLibrary()));
  afterAll(() => library.remove());

  async function loaded(env: Record<string, string> = {}): Promise<string[][]> {
    const { stdout } = await run(process.execPath, ['-e', SCRIPT], {
      env: { ...process.env, NODE_NO_WARNINGS: '1', LIBRARY: library.path(), ...env },
    });
    const lines = stdout.trim().split('\n');
    return lines.map((line) => JSON.parse(line) as string[]);
  }

  it('loads no package by requiring this one', async () => {
    const [nest, atRequire] = await loaded();
    expect(nest).toContain('reflect-metadata');
    expect(atRequire).toEqual([]);
  });

  it('loads by its start those alone whose calls it is to record', async () => {
    const [, , atStart] = await loaded();
    const heavy = atStart!.filter((name) => HEAVY.test(name));
    expect(heavy.filter((name) => !/^pg|^@smithy\/(core|types)$/.test(name))).toEqual([]);

    const [, , withoutCalls] = await loaded({ CAPTURE: 'no' });
    expect(withoutCalls!.filter((name) => !NEST.includes(name))).toEqual([]);
  });

  it('loads what writes protobuf once that is sent, and not before', async () => {
    const otlp = { XRAY_EXPORTER: 'otlp', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' };
    const [, atRequire, atStart] = await loaded({ ...otlp, CAPTURE: 'no' });
    expect(atRequire).toEqual([]);
    expect(atStart).toContain('@bufbuild/protobuf');
  });
});

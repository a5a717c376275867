import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { publishedLibrary, type PublishedLibrary } from './published-library';

const run = promisify(execFile);

describe('the published package', () => {
  let library: PublishedLibrary;
  beforeAll(() => void (library = publishedLibrary()));
  afterAll(() => library.remove());

  /** What a program prints as JSON, with the entries of the package in variables of the environment. */
  async function printed(file: string, script: string, ...flags: string[]): Promise<unknown> {
    const main = join(library.folder, file);
    writeFileSync(main, script);
    const { stdout } = await run(process.execPath, [...flags, main], {
      env: {
        ...process.env,
        INDEX: library.path(),
        TESTING: library.path('testing'),
        OPENTELEMETRY: library.path('opentelemetry'),
        AWS_SDK: library.path('aws-sdk'),
      },
    });
    return JSON.parse(stdout.trim().split('\n').at(-1)!);
  }

  it('has one context for all of its entries', async () => {
    const names = await printed(
      'context.cjs',
      `
      require(process.env.OPENTELEMETRY);
      require(process.env.AWS_SDK);
      const { capture, captureSegment } = require(process.env.INDEX);
      const { trace } = require(process.env.TESTING);
      const api = require('@opentelemetry/api');
      const sdk = require('aws-xray-sdk-core');
      const { segment } = trace(() => {
        capture('ours', () => undefined);
        api.trace.getTracer('library').startSpan('span').end();
        sdk.captureFunc('sdk', () => undefined);
        captureSegment('not a root', () => undefined);
      });
      console.log(JSON.stringify(segment.subsegments.map(({ name }) => name)));
      `,
    );
    expect(names).toEqual(['ours', 'span', 'sdk', 'not a root']);
  });

  it.each(['INDEX', 'TESTING'])('has named exports for ES modules in %s', async (entry) => {
    const [required, imported] = (await printed(
      'names.mjs',
      `
      import { createRequire } from 'node:module';
      const imported = Object.keys(await import(process.env.${entry}));
      const required = Object.keys(createRequire(import.meta.url)(process.env.${entry}));
      console.log(JSON.stringify([required, imported]));
      `,
    )) as [string[], string[]];
    expect(required).not.toHaveLength(0);
    expect(imported).toEqual(expect.arrayContaining(required));
  });

  it('loads nothing that an instrumentation could want to see loaded with nestjs-xray/opentelemetry', async () => {
    const packages = await printed(
      'first.cjs',
      `
      require(process.env.OPENTELEMETRY);
      const names = Object.keys(require.cache).map((path) =>
        /node_modules\\/((?:@[^/]+\\/)?[^/.]+)(?!.*node_modules)/.exec(path)?.[1]);
      console.log(JSON.stringify([...new Set(names)].filter((name) => /^(@nestjs|express|fastify|pg)/.test(name))));
      `,
    );
    expect(packages).toEqual(['@nestjs/common']);
  });

  it('shows its sources in stack traces with --enable-source-maps', async () => {
    const stack = await printed(
      'stack.cjs',
      `
      const { Subsegment } = require(process.env.INDEX);
      try {
        Subsegment()({}, 'total', { value: 1 });
      } catch ({ stack }) {
        console.log(JSON.stringify(stack));
      }
      `,
      '--enable-source-maps',
    );
    expect(stack).toMatch(/^NotAMethodError: .*\n\s+at .*decorators\/\S+\.ts:\d+:\d+/);
  });

  describe('as part of a bundle', () => {
    let bundle: string;
    beforeAll(async () => {
      const main = join(library.folder, 'bundled.js');
      bundle = join(library.folder, 'out', 'main.cjs');
      writeFileSync(main, BUNDLED);
      // Only this package goes into the bundle. That is what it must notice.
      const options = `{ input: ${JSON.stringify(main)}, platform: 'node', external: /^[^./]/,
        output: { file: ${JSON.stringify(bundle)}, format: 'cjs' } }`;
      const script = `import('rolldown').then(({ build }) => build(${options}))`;
      await run(process.execPath, ['-e', script]);
    });

    it.each([
      [
        'nothing',
        'clients of the AWS SDK and pg',
        'captureAws([SQSClient]) and capturePg([pg])',
        'aws: false, sql: false',
      ],
      ['aws', 'pg', 'capturePg([pg])', 'sql: false'],
      ['pg', 'clients of the AWS SDK', 'captureAws([SQSClient])', 'aws: false'],
    ])(
      'names the clients that are missing if %s is passed',
      async (passed, clients, calls, off) => {
        const { stdout } = await run(process.execPath, [bundle, passed]);
        const [line, ...more] = JSON.parse(stdout) as string[];
        expect(line).toContain(`Cannot find ${clients} in a bundle`);
        expect(line).toContain(`in main.ts: ${calls} from 'nestjs-xray'`);
        expect(line).toContain(`set capture: { ${off} }`);
        expect(more).toEqual([]);
      },
    );

    it('logs nothing if both are passed', async () => {
      const { stdout } = await run(process.execPath, [bundle, 'aws,pg']);
      expect(JSON.parse(stdout)).toEqual([]);
    });
  });
});

/** Prints the warnings at startup, with the clients passed that its argument lists. */
const BUNDLED = `
  require('reflect-metadata');
  const { NestFactory } = require('@nestjs/core');
  const { XrayModule, captureAws, capturePg } = require('./dist/index.js');
  const passed = process.argv[2].split(',');
  if (passed.includes('aws')) captureAws([require('@aws-sdk/client-sqs').SQSClient]);
  if (passed.includes('pg')) capturePg([require('pg')]);
  const warnings = [];
  const module = XrayModule.forRoot({
    serviceName: 'shop',
    logger: { warn: (message) => warnings.push(message) },
  });
  class App {}
  NestFactory.createApplicationContext({ module: App, imports: [module] }, { logger: false })
    .then((app) => app.close())
    .then(() => console.log(JSON.stringify(warnings)));
`;

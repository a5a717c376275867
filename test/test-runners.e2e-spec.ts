import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './stack';
import { type Installed, Packed } from './support/packages';

const run = promisify(execFile);

/** What both runners test; `QUERIES` is how many a "request" makes. */
const RECORDED = `
const { MemoryEmitter, traceMatchers, assertTrace, traceText } = require('nestjs-xray/testing');
const xray = new MemoryEmitter();
xray.documents.push({
  trace_id: '1-67000000-0123456789abcdef01234567', id: '0000000000000001', name: 'shop', start_time: 1, end_time: 2,
  subsegments: [{
    id: '0000000000000002', name: 'Cart.items', start_time: 1, end_time: 2,
    subsegments: Array.from({ length: Number(process.env.QUERIES) }, (_, at) => ({
      id: String(at + 10).padStart(16, '0'), name: 'db', start_time: 1 + at / 100, end_time: 1.01 + at / 100,
      namespace: 'remote', sql: { sanitized_query: 'SELECT name FROM items WHERE id = $1' },
    })),
  }],
});
`;

const WITH_EXPECT = `
expect.extend(traceMatchers);
test('subsegment', () => expect(xray).toHaveSubsegment('Cart.items', { fault: false }));
test('queries', () => expect(xray).toHaveQueries({ atMost: 3 }));
test('hints', () => expect(xray).toHaveNoHints());
test('snapshot', () => { expect.assertions(1); expect(xray).toMatchTrace(); });
`;

const NODE_TEST = `
const { test } = require('node:test');
test('subsegment', () => assertTrace(xray).toHaveSubsegment('Cart.items', { fault: false }));
test('queries', () => assertTrace(xray).toHaveQueries({ atMost: 3 }));
test('hints', () => assertTrace(xray).toHaveNoHints());
`;

describe('nestjs-xray/testing, as npm installs it,', () => {
  let packed: Packed;
  let installed: Installed;
  beforeAll(async () => {
    packed = await Packed.of('nestjs-xray');
    const { version } = JSON.parse(
      readFileSync(join(root, 'node_modules/rxjs/package.json'), 'utf8'),
    ) as { version: string };
    installed = await packed.install('runners', ['nestjs-xray'], {
      '@nestjs/common': '^12.0.0',
      '@nestjs/core': '^12.0.0',
      'reflect-metadata': '^0.2.2',
      rxjs: version,
      vitest: '4.1.12',
    });
    const files = {
      'jest.test.cjs': RECORDED + WITH_EXPECT,
      'vitest.test.mjs': `import { createRequire } from 'node:module'; import { expect, test } from 'vitest';\nconst require = createRequire(import.meta.url);${RECORDED}${WITH_EXPECT}`,
      'node.test.cjs': RECORDED + NODE_TEST,
      'jest.config.cjs':
        "module.exports = { testMatch: ['**/jest.test.cjs'], transform: {}, testEnvironment: 'node' };",
    };
    for (const [name, text] of Object.entries(files)) {
      writeFileSync(join(installed.folder, name), text);
    }
  }, 120_000);
  afterAll(() => packed?.remove());

  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const runners: [string, string[], string][] = [
    ['Jest', [jest, '--ci=false', '--colors=false'], 'Tests: +3 failed, 1 passed'],
    ['Vitest', ['node_modules/vitest/vitest.mjs', 'run', 'vitest.test.mjs'], 'Tests +3 failed'],
    ['node:test', ['--test', '--test-reporter=tap', 'node.test.cjs'], '# fail 2'],
  ];

  it.each(runners)(
    'passes and fails with %s, and prints the tree',
    async (_name, args, failed) => {
      const attempt = (queries: number) =>
        run(process.execPath, args, {
          cwd: installed.folder,
          env: { PATH: process.env.PATH, NO_COLOR: '1', QUERIES: String(queries) },
        }).then(
          ({ stdout, stderr }) => ({ passed: true, output: stdout + stderr }),
          ({ stdout, stderr }: { stdout: string; stderr: string }) => ({
            passed: false,
            output: stdout + stderr,
          }),
        );

      // Writes the snapshot; the second time it is compared with.
      for (let time = 1; time <= 2; time++) {
        const first = await attempt(2);
        expect(first.output).not.toMatch(/fail(ed)? +[1-9]|[1-9]\d* failed/);
        expect(first.passed).toBe(true);
      }
      const broken = await attempt(8);
      expect(broken.passed).toBe(false);
      expect(broken.output).toMatch(new RegExp(failed));
      expect(broken.output).toContain('8 × the same SELECT: N+1 in Cart.items');
      expect(broken.output).toContain('   └─ 8 × SELECT … FROM items WHERE id = $1 [SQL]');
      expect(broken.output).toContain('There were 8.');
    },
    120_000,
  );
});

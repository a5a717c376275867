import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ROOT = join(__dirname, '..');
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'nestjs-xray-rules-'));
  for (const part of ['.dependency-cruiser.cjs', 'tsconfig.json', 'package.json']) {
    cpSync(join(ROOT, part), join(copy, part));
  }
  for (const library of ['document', 'trace', 'xray']) {
    cpSync(join(ROOT, `libs/${library}/src`), join(copy, `libs/${library}/src`), {
      recursive: true,
      // Specs may take what they need from anywhere.
      filter: (path) => !path.endsWith('.spec.ts'),
    });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => rmSync(copy, { recursive: true }));

/** Writes further source files into the copy of the libraries. */
function plant(files: Record<string, string>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), text);
  }
}

/** What the rules refuse in the copy, as `rule: file`. */
function violations(): Promise<string[]> {
  const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const args = [cruiser, '--config', '.dependency-cruiser.cjs', '--output-type', 'json', 'libs'];
  return new Promise((resolve, reject) => {
    const options = { cwd: copy, maxBuffer: 64 * 1024 * 1024 };
    execFile(process.execPath, args, options, (_failed, stdout, stderr) => {
      try {
        const { summary } = JSON.parse(stdout) as {
          summary: { violations: { rule: { name: string }; from: string }[] };
        };
        resolve(summary.violations.map(({ rule, from }) => `${rule.name}: ${from}`));
      } catch {
        reject(new Error(stderr || stdout));
      }
    });
  });
}

describe('the rules for imports', () => {
  it('accept the libraries unchanged', async () => {
    expect(await violations()).toEqual([]);
  });

  it('reject violations', async () => {
    plant({
      'libs/document/src/planted.ts': "import { of } from 'rxjs';\nexport const planted = of(1);\n",
      'libs/xray/src/core/planted.ts':
        "export { LocalSampler } from '../sampling/local.sampler';\n" +
        "export { Logger } from '@nestjs/common';\n",
      'libs/xray/src/core/left.ts':
        "import type { Right } from './right';\nexport interface Left {\n  right: Right;\n}\n",
      'libs/xray/src/core/right.ts':
        "import type { Left } from './left';\nexport interface Right {\n  left: Left;\n}\n",
      'libs/xray/src/plugins/planted.ts': "export { request } from 'undici';\n",
      'libs/xray/src/instrumentation/planted.ts':
        "export type { Exchange } from '../entry/exchange';\n",
      'libs/xray/src/sampling/planted.ts': "export { XrayService } from '../xray.service';\n",
      'libs/xray/src/drawer/planted.ts': "export { safeName } from '../core/safe-name';\n",
    });
    expect(await violations()).toEqual(
      expect.arrayContaining([
        'document-stands-alone: libs/document/src/planted.ts',
        'xray-core-imports-downwards: libs/xray/src/core/planted.ts',
        'xray-core-needs-few-packages: libs/xray/src/core/planted.ts',
        expect.stringMatching(/^no-circular-types: libs\/xray\/src\/core\/(left|right)\.ts$/),
        'xray-plugins-needs-few-packages: libs/xray/src/plugins/planted.ts',
        'xray-instrumentation-imports-downwards: libs/xray/src/instrumentation/planted.ts',
        'xray-sampling-imports-downwards: libs/xray/src/sampling/planted.ts',
        'xray-folder-without-a-rule: libs/xray/src/drawer/planted.ts',
      ]),
    );
  });
});

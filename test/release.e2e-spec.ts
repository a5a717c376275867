import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './stack';

const run = promisify(execFile);

describe('scripts/release.mjs', () => {
  let out: string;
  beforeAll(() => {
    out = mkdtempSync(join(tmpdir(), 'release-'));
  });
  afterAll(() => rmSync(out, { recursive: true, force: true }));

  it('packs both packages with the same version, writes the notes, and publishes nothing with --dry-run', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));

    const { stdout } = await run(
      process.execPath,
      ['scripts/release.mjs', '--dry-run', '--out', out],
      { cwd: root },
    );

    expect(stdout).toContain('Nothing was published');
    expect(readdirSync(out).sort()).toEqual(
      [`local-xray-${version}.tgz`, `nestjs-xray-${version}.tgz`, 'notes.md'].sort(),
    );
    for (const [name, main] of [
      ['nestjs-xray', 'dist/index.js'],
      ['local-xray', 'dist/index.js'],
    ]) {
      const { stdout: list } = await run('tar', ['-tf', join(out, `${name}-${version}.tgz`)]);
      for (const file of [main, 'package.json', 'README.md', 'LICENSE']) {
        expect(list).toContain(`package/${file}\n`);
      }
      expect(list).not.toMatch(/\.spec\.|\/test\//);
    }
    const notes = readFileSync(join(out, 'notes.md'), 'utf8');
    expect(notes).toContain('### nestjs-xray');
    expect(notes).not.toMatch(/^## /m);
  }, 120_000);

  it('does not publish what is not committed, tagged, and named with its repository', async () => {
    // Whatever of it is missing here: nothing may be published by a test.
    const refused = await run(process.execPath, ['scripts/release.mjs', '--out', out], {
      cwd: root,
      env: { ...process.env, npm_config_registry: 'http://127.0.0.1:9/' },
    }).catch((error: { code: number; stderr: string }) => error);

    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(/^Cannot release: /) });
  });
});

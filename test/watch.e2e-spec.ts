import { mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { watchFolders } from '../scripts/watch.mjs';
import { until } from './stack';

describe('npm run dev', () => {
  let folder: string;
  let bursts = 0;
  let stop: () => void;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'nestjs-xray-watch-'));
    mkdirSync(join(folder, 'src/deep'), { recursive: true });
    mkdirSync(join(folder, 'src/dist'));
    writeFileSync(join(folder, 'src/deep/a.ts'), '1');
    stop = watchFolders([folder], () => bursts++);
  });

  afterEach(() => {
    stop();
    rmSync(folder, { recursive: true });
  });

  /** Resolves when what `change` does was noticed. */
  async function noticed(change: () => void): Promise<void> {
    const before = bursts;
    change();
    await until('the change to be noticed', () => bursts > before);
  }

  it('notices a change of a file that was replaced by another', async () => {
    const file = join(folder, 'src/deep/a.ts');
    await noticed(() => {
      writeFileSync(`${file}.new`, '2');
      renameSync(`${file}.new`, file);
    });
    await noticed(() => writeFileSync(file, '3'));
    await noticed(() => {
      rmSync(file);
      writeFileSync(file, '4');
    });
    await noticed(() => writeFileSync(file, '5'));
  });

  it('notices files in a folder that is new or was created again', async () => {
    const inner = join(folder, 'src/deep/er');
    for (const text of ['1', '2']) {
      await noticed(() => mkdirSync(inner));
      await noticed(() => writeFileSync(join(inner, 'b.ts'), text));
      await noticed(() => writeFileSync(join(inner, 'b.ts'), `${text} again`));
      await noticed(() => rmSync(inner, { recursive: true }));
    }
  });

  it('ignores build output', async () => {
    const before = bursts;
    writeFileSync(join(folder, 'src/dist/a.js'), '1');
    await noticed(() => writeFileSync(join(folder, 'src/deep/a.ts'), '2'));

    expect(bursts).toBe(before + 1);
  });
});

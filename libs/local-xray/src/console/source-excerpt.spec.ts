import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NoExcerptError, sourceExcerpt } from './source-excerpt';

const text = (name: string): string =>
  Array.from({ length: 20 }, (_, at) => `${name} ${at + 1}`).join('\n');

describe('an excerpt of source', () => {
  let root: string;
  let shop: string;
  let mail: string;
  const write = (path: string) => writeFileSync(join(root, path), text(path));

  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'source-excerpt-'));
    shop = join(root, 'shop');
    mail = join(root, 'mail');
    for (const folder of ['shop/src', 'shop/node_modules/pg', 'mail/src', 'shop-secret']) {
      mkdirSync(join(root, folder), { recursive: true });
    }
    for (const file of ['shop/src/a.ts', 'shop/src/both.ts', 'mail/src/both.ts', 'mail/src/m.py']) {
      write(file);
    }
    for (const file of ['outside.ts', 'shop-secret/key.ts', 'shop/node_modules/pg/x.js']) {
      write(file);
    }
    writeFileSync(join(shop, 'src', '.env'), 'SECRET=1');
    writeFileSync(join(shop, 'src', 'huge.ts'), 'x'.repeat(2_000_000));
    symlinkSync(join(root, 'outside.ts'), join(shop, 'src', 'out.ts'));
    symlinkSync(join(root, 'shop-secret'), join(shop, 'linked'));
    symlinkSync(join(shop, 'src', '.env'), join(shop, 'src', 'env.ts'));
    symlinkSync(shop, join(root, 'way-to-shop'));
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const first = (path: string, line = 9, folders = [shop, mail]) =>
    sourceExcerpt(folders, path, line);

  it('is found by a relative path below each folder, and by an absolute path', () => {
    expect(first('src/a.ts')).toMatchObject({
      path: 'src/a.ts',
      file: join(shop, 'src', 'a.ts'),
      first: 4,
    });
    expect(first('src/a.ts').lines[5]).toBe('shop/src/a.ts 9');
    for (const path of [
      './src/../src/a.ts',
      'src\\a.ts',
      join(shop, 'src/a.ts'),
      pathToFileURL(join(shop, 'src/a.ts')).href,
    ]) {
      expect(first(path).file).toBe(join(shop, 'src', 'a.ts'));
    }
    expect(first('src/m.py').file).toBe(join(mail, 'src', 'm.py'));
    // A folder that is named by way of a link, and one that the sender saw by its real name.
    expect(first(join(shop, 'src/a.ts'), 9, [join(root, 'way-to-shop')]).lines[5]).toBe(
      'shop/src/a.ts 9',
    );
    // The same folder twice, or one in the other, is one file.
    expect(first('src/a.ts', 9, [shop, shop, join(root, 'way-to-shop')]).first).toBe(4);
  });

  it('is not shown if a path is ambiguous', () => {
    expect(() => first('src/both.ts')).toThrow(/src\/both\.ts is in several .*shop.*mail/);
    expect(first('src/both.ts', 9, [mail]).file).toBe(join(mail, 'src', 'both.ts'));
  });

  it.each([
    '../outside.ts',
    'src/../../outside.ts',
    'src\\..\\..\\outside.ts',
    '../shop-secret/key.ts',
    'src/out.ts',
    'linked/key.ts',
    'src/env.ts',
    'src/.env',
    'src/huge.ts',
    'node_modules/pg/x.js',
    'src',
    'src/none.ts',
    'src/a.ts\0.ts',
    '//server/share/a.ts',
    '\\\\server\\share\\a.ts',
    'file://server/share/a.ts',
    'C:\\src\\a.ts',
    '/etc/passwd',
    '/proc/self/environ.ts',
    '',
  ])('never comes from %j', (path) => {
    expect(() => first(path)).toThrow(NoExcerptError);
    expect(() => first(path && !/^[/\\]|^file|^C:/.test(path) ? join(shop, path) : path)).toThrow(
      NoExcerptError,
    );
  });

  it('does not access the file system for a path outside the folders', () => {
    const asked: string[] = [];
    const fs = jest.requireActual<typeof import('node:fs')>('node:fs');
    const spy = jest.spyOn(fs, 'realpathSync').mockImplementation(((path: string) => {
      asked.push(path);
      return path;
    }) as never);
    try {
      expect(() => first('//server/share/a.ts')).toThrow(NoExcerptError);
      expect(() => first('/elsewhere/a.ts')).toThrow(NoExcerptError);
    } finally {
      spy.mockRestore();
    }
    expect(asked).toContain(shop);
    expect(asked.filter((path) => path !== shop && path !== mail)).toEqual([]);
  });

  it('is missing with a reason', () => {
    expect(() => first('src/a.ts', 21)).toThrow(
      /Line 21 does not exist in .*a\.ts: the file has 20 lines/,
    );
    for (const line of [0, -1, 1.5, NaN])
      expect(() => first('src/a.ts', line)).toThrow(/^Line \S+ does not exist/);
    expect(() => first('src/a.ts', 1, [])).toThrow(/Pass the folder of your project with --source/);
    expect(() => first('src/none.ts')).toThrow(/no such source file in .*--source/);
  });
});

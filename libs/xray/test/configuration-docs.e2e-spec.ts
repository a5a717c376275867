import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import ts from 'typescript';
import { MODULE_EXTRAS, MODULE_OPTIONS } from '../src/options/module-options';

const SOURCE = resolve(__dirname, '../src');
const page = readFileSync(resolve(__dirname, '../../../docs/configuration.md'), 'utf8');

/** The properties of an interface, by its source. */
function members(file: string, name: string): string[] {
  const text = readFileSync(join(SOURCE, file), 'utf8');
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ES2022);
  for (const statement of source.statements) {
    if (!ts.isInterfaceDeclaration(statement) || statement.name.text !== name) continue;
    return statement.members.map((member) => member.name!.getText(source));
  }
  throw new Error(`There is no interface ${name} in ${file}.`);
}

/** The variables that the library reads, however it does. */
function variables(): string[] {
  const found = new Set<string>();
  for (const file of readdirSync(SOURCE, { recursive: true }) as string[]) {
    if (!file.endsWith('.ts') || file.endsWith('.spec.ts')) continue;
    const text = readFileSync(join(SOURCE, file), 'utf8');
    for (const [, name] of text.matchAll(/\benv\.([A-Z_][A-Z0-9_]+)/g)) found.add(name!);
    // `const { NAME: host } = process.env`
    for (const [, names] of text.matchAll(/const \{([^}]*)\} = process\.env/g)) {
      for (const [name] of names!.matchAll(/\b[A-Z][A-Z0-9_]+\b/g)) found.add(name);
    }
    for (const [, name] of text.matchAll(/\bread\('([A-Z][A-Z0-9_]+)'\)/g)) found.add(name!);
    // What is put together from a prefix: ofExporter('HEADERS').
    for (const [, name] of text.matchAll(/\bofExporter\('([A-Z]+)'\)/g)) {
      found.add(`OTEL_EXPORTER_OTLP_${name}`).add(`OTEL_EXPORTER_OTLP_TRACES_${name}`);
    }
  }
  return [...found];
}

describe('docs/configuration.md', () => {
  it.each(Object.entries({ ...MODULE_OPTIONS, ...MODULE_EXTRAS }))(
    'has the row of the option %s as the table of options has it',
    (name, { says, default: otherwise }) => {
      const row = new RegExp(`^\\| \`${name}\` +\\|(.*)\\|(.*)\\|$`, 'm').exec(page);
      expect(row?.slice(1).map((cell) => cell.trim())).toEqual([says, otherwise]);
    },
  );

  it.each([
    ...members('core/outgoing.ts', 'CaptureOptions'),
    ...members('core/delivery.ts', 'RecorderStats'),
    ...members('core/emitter.ts', 'EmitStats'),
  ])('has a row for %s', (name) => {
    expect(page).toMatch(new RegExp(`^\\| \`${name}\` +\\|`, 'm'));
  });

  it('lists every variable that is read', () => {
    const read = variables();
    expect(read.length).toBeGreaterThan(20);
    expect(read.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
  });

  it('lists no variable that is not read', () => {
    const read = new Set([...variables(), 'AWS_ACCESS_KEY_ID', 'SERVICE']);
    const named = [...page.matchAll(/`([A-Z_]*[A-Z]+_[A-Z0-9_]+)`/g)].map(([, name]) => name!);
    const values = ['IGNORE_ERROR', 'LOG_ERROR', 'RUNTIME_ERROR'];
    expect(named.filter((name) => !read.has(name) && !values.includes(name))).toEqual([]);
  });
});

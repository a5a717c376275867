import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './stack';

/** Every Markdown page a reader may copy TypeScript from. */
const pages = [
  'README.md',
  'libs/xray/README.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
].filter((page) => existsSync(join(root, page)));

interface Snippet {
  file: string;
  text: string;
}

/** The ```ts blocks of a page, each as a module of its own; its name tells page and line. */
function snippets(page: string): Snippet[] {
  const text = readFileSync(join(root, page), 'utf8');
  return [...text.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => ({
    file: join(
      root,
      'test',
      `${page.replace(/\W/g, '_')}_${text.slice(0, match.index).split('\n').length}.ts`,
    ),
    text: `${match[1]}\nexport {};\n`,
  }));
}

describe('the TypeScript in README and docs', () => {
  const all = pages.flatMap(snippets);

  it('can be found', () => {
    expect(all.length).toBeGreaterThan(0);
  });

  it('compiles', () => {
    const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) =>
      readFileSync(path, 'utf8'),
    );
    const { options } = ts.parseJsonConfigFileContent({ ...config, include: [] }, ts.sys, root);
    const texts = new Map(all.map(({ file, text }) => [file, text]));
    const host = ts.createCompilerHost({ ...options, noEmit: true });
    const { readFile, fileExists } = host;
    host.readFile = (path) => texts.get(path) ?? readFile(path);
    host.fileExists = (path) => texts.has(path) || fileExists(path);
    const program = ts.createProgram([...texts.keys()], { ...options, noEmit: true }, host);
    const problems = ts
      .getPreEmitDiagnostics(program)
      .filter(({ file }) => file && texts.has(file.fileName))
      .map(({ file, start, messageText }) => {
        const line = file!.getLineAndCharacterOfPosition(start!).line + 1;
        return `${file!.fileName.slice(root.length + 6)}:${line} ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
      });
    expect(problems).toEqual([]);
  }, 60_000);
});

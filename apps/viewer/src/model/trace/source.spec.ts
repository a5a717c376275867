import { editorHref } from './source';

const template = 'vscode://file/{path}:{line}';

describe('editorHref', () => {
  it('fills in path and line', () => {
    expect(editorHref(template, { path: '/home/a b/app.ts', line: 7 })).toBe(
      'vscode://file/home/a%20b/app.ts:7',
    );
    expect(editorHref('idea://open?file={path}&line={line}', { path: '/x/y.ts', line: 1 })).toBe(
      'idea://open?file=/x/y.ts&line=1',
    );
    expect(editorHref(template, { path: 'C:\\src\\app.ts', line: 2 })).toBe(
      'vscode://file/C:/src/app.ts:2',
    );
    expect(editorHref(template, { path: 'file:///x/y.ts', line: 2 })).toBe(
      'vscode://file/x/y.ts:2',
    );
  });

  it('returns nothing if links are off, or the path cannot be opened', () => {
    expect(editorHref('', { path: '/x.ts', line: 1 })).toBeUndefined();
    expect(editorHref(template, { path: 'node:internal/x', line: 1 })).toBeUndefined();
    expect(editorHref(template, { path: 'relative.ts', line: 1 })).toBeUndefined();
  });

  it('never returns an address that runs a script', () => {
    expect(editorHref('javascript:{path}', { path: '/x', line: 1 })).toBeUndefined();
    expect(editorHref(template, { path: '/"><script>', line: 1 })).toBe(
      'vscode://file/%22%3E%3Cscript%3E:1',
    );
  });
});

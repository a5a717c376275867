import type { SourcePlace } from '@nestjs-xray/trace';

/** Only addresses with a scheme that can start an editor. A document must not be able to run a script. */
const EDITOR = /^[a-z][a-z0-9+.-]*:/i;
const NOT_AN_EDITOR = /^(javascript|data|vbscript|blob|file):/i;

/** Whether a path is absolute, and not relative to a folder that only its sender knows. */
export function isAbsolute(path: string): boolean {
  return /^([\\/]|[A-Za-z]:[\\/]|file:)/.test(path);
}

/**
 * The address that opens the line in the editor, or undefined when source links are off.
 *
 * @param template such as `vscode://file/{path}:{line}`.
 */
export function editorHref(
  template: string | undefined,
  { path, line }: SourcePlace,
): string | undefined {
  if (!template || !path || !EDITOR.test(template) || NOT_AN_EDITOR.test(template))
    return undefined;
  const clean = path.replace(/^file:\/\//, '');
  // A relative path, or one inside the runtime, cannot be opened.
  if (!/^([\\/]|[A-Za-z]:[\\/])/.test(clean)) return undefined;
  const encoded = clean
    .split(/[\\/]/)
    .map(encodeURIComponent)
    .join('/')
    .replace(/^([A-Za-z])%3A/, '$1:');
  return template
    .replaceAll('{path}', encoded.replace(/^\//, template.includes('file/{path}') ? '' : '/'))
    .replaceAll('{line}', String(line));
}

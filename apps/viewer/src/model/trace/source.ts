import type { TraceNode } from '@nestjs-xray/trace';

/** A line of source, as a stack frame or the place of a decorator names it. */
export interface SourcePlace {
  path: string;
  line: number;
}

/** Where `@Subsegment` was written, as the toolkit notes it: metadata `source` in namespace `nest` or `xray`. */
export function sourceOf(node: TraceNode): SourcePlace | undefined {
  const metadata = node.doc.metadata;
  const text = metadata?.nest?.source ?? metadata?.xray?.source;
  const match = typeof text === 'string' ? /^(.+?):(\d+)(?::\d+)?$/.exec(text) : null;
  return match ? { path: match[1] as string, line: Number(match[2]) } : undefined;
}

/** The node itself or the nearest above it of which it is known where it was written. */
export function nearestSource(
  node: TraceNode,
): { node: TraceNode; place: SourcePlace } | undefined {
  for (let up: TraceNode | undefined = node; up; up = up.parent) {
    const place = sourceOf(up);
    if (place) return { node: up, place };
  }
  return undefined;
}

/** Only addresses that start an editor; a document must not be able to run a script. */
const EDITOR = /^[a-z][a-z0-9+.-]*:/i;
const NOT_AN_EDITOR = /^(javascript|data|vbscript|blob|file):/i;

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
  // A path without its folder, or one inside the runtime, leads nowhere.
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

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the file is made of; built beside the viewer. */
export interface PageParts {
  script: string;
  style: string;
}

/** Undefined where the viewer is not built. */
export function readPageParts(viewer: string): PageParts | undefined {
  const read = (name: string): string => readFileSync(join(viewer, 'one-trace', name), 'utf8');
  try {
    return { script: read('one-trace.js'), style: read('one-trace.css') };
  } catch {
    return undefined;
  }
}

/**
 * One trace and the page that shows it as one HTML file. Its policy allows the script and the style
 * sheet in it, by their hashes, and nothing else: no request leaves it, and no text of the trace runs.
 *
 * @param trace JSON as `/console/traces/<id>` answers it.
 */
export function tracePage(id: string, trace: string, at: number, parts: PageParts): string {
  // What would end the element early stands nowhere but in strings and comments of the script.
  const script = parts.script.replace(/<(?=\/script|!--)/gi, '\\x3C');
  const style = parts.style.replace(/<(?=\/style)/gi, '\\3C ');
  const policy = [
    "default-src 'none'",
    `script-src '${hash(script)}'`,
    `style-src '${hash(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>Trace ${id.replace(/[^\w-]/g, '')}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<noscript>This file shows its trace with JavaScript.</noscript>
<div id="app"></div>
<script type="application/json" id="carried-trace" data-at="${at}">${inScript(trace)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** JSON that no HTML parser takes for markup, and that is the same JSON. */
function inScript(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

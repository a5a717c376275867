import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The parts of the page, built together with the viewer. */
export interface PageParts {
  script: string;
  style: string;
}

/** Undefined if the viewer is not built. */
export function readPageParts(viewer: string): PageParts | undefined {
  const read = (name: string): string => readFileSync(join(viewer, 'one-trace', name), 'utf8');
  try {
    return { script: read('one-trace.js'), style: read('one-trace.css') };
  } catch {
    return undefined;
  }
}

/**
 * A trace and the page that shows it, as one HTML file. Its content security policy allows only its
 * own script and style sheet, by their hashes: it sends no requests, and no text of the trace is
 * executed.
 *
 * @param trace JSON as returned by `/console/traces/<id>`.
 */
export function tracePage(id: string, trace: string, at: number, parts: PageParts): string {
  // In the script, text that would end the element early occurs only in strings and comments.
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
<noscript>Turn on JavaScript to see the trace in this file.</noscript>
<div id="app"></div>
<script type="application/json" id="carried-trace" data-at="${at}">${inScript(trace)}</script>
<script>${script}</script>
</body>
</html>
`;
}

/** Escapes JSON so that no HTML parser takes it for markup. The value stays the same. */
function inScript(json: string): string {
  return json.replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function hash(text: string): string {
  return `sha256-${createHash('sha256').update(text, 'utf8').digest('base64')}`;
}

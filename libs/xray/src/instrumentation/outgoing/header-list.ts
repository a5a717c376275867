/** The value of a header in undici's list of names and values, or in the text of older versions. */
export function valueIn(headers: unknown, name: string): string | undefined {
  const wanted = name.toLowerCase();
  if (Array.isArray(headers)) {
    const at = headers.findIndex(
      (each, place) => place % 2 === 0 && String(each).toLowerCase() === wanted,
    );
    return at < 0 ? undefined : String(headers[at + 1]);
  }
  const line = linesOf(headers).find((each) => isLineOf(each, wanted));
  return line?.slice(wanted.length + 1).trim();
}

/** `headers` without a header. A list stays the same object, because undici may hold it too. */
export function removeHeader(headers: unknown, name: string): unknown {
  const wanted = name.toLowerCase();
  if (typeof headers === 'string') {
    const lines = linesOf(headers);
    return lines.some((line) => isLineOf(line, wanted))
      ? lines.filter((line) => !isLineOf(line, wanted)).join('\r\n')
      : headers;
  }
  if (!Array.isArray(headers)) return headers;
  for (let at = headers.length - 2; at >= 0; at -= 2) {
    if (String(headers[at]).toLowerCase() === wanted) headers.splice(at, 2);
  }
  return headers;
}

function linesOf(headers: unknown): string[] {
  return typeof headers === 'string' ? headers.split('\r\n') : [];
}

function isLineOf(line: string, name: string): boolean {
  return line.toLowerCase().startsWith(`${name}:`);
}

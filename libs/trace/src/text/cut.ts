/** Control characters and those that turn the direction of a line: a terminal would obey them. */
const UNPRINTABLE = /[\p{Cc}\u202a-\u202e\u2066-\u2069]+/gu;

/** One line of at most so many characters; an ellipsis stands for the rest. */
export function cut(text: string, most: number): string {
  const line = text
    .slice(0, most * 4)
    .replace(UNPRINTABLE, ' ')
    .replace(/\s+/g, ' ')
    .replaceAll('```', "'''")
    .trim();
  const whole = line.length <= most && text.length <= most * 4;
  return whole ? line : `${line.slice(0, most - 1)}…`;
}

const bytesOf = (text: string): number => new TextEncoder().encode(text).length;

/** As many of the lines as fit into `bytes`; a last one says what to do about the others. */
export function withinBytes(lines: readonly string[], bytes: number, rest: string): string {
  const closing = `… cut here. ${rest}\n`;
  let left = bytes - bytesOf(closing) - 4;
  let fenced = false;
  const kept: string[] = [];
  for (const line of lines) {
    const size = bytesOf(line) + 1;
    if (size > left) return [...kept, ...(fenced ? ['```'] : []), closing].join('\n');
    if (line.startsWith('```')) fenced = !fenced;
    left -= size;
    kept.push(line);
  }
  return `${kept.join('\n')}\n`;
}

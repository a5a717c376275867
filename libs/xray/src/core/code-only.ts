/** After one of these a slash begins a regular expression; after anything else it divides. */
const BEFORE_REGEXP =
  /(?:^|[(,=:[!&|?{};+\-*%<>~^]|(?<![\w$.])(?:return|typeof|case|do|else|in|of|void|delete|throw|new|await|yield|instanceof))$/;
const FIRST = /['"`/{}]/g;

/**
 * TypeScript or JavaScript with spaces in place of comments and of what is inside strings, templates
 * and regular expressions. Every other character stays where it was.
 */
export function codeOnly(text: string): string {
  const parts: string[] = [];
  let at = 0;
  // Of each `${` that is open: how many braces are open inside it.
  const open: number[] = [];
  const copyTo = (end: number) => {
    parts.push(text.slice(at, end));
    at = end;
  };
  const blankTo = (end: number) => {
    parts.push(text.slice(at, end).replace(/[^\r\n]/g, ' '));
    at = end;
  };
  /** From inside a template to its end, or into the next `${`. */
  const blankTemplate = () => {
    const end = endOfTemplate(text, at);
    if (text.startsWith('${', end - 2)) {
      blankTo(end);
      open.push(0);
    } else {
      blankTo(end - 1);
      copyTo(end);
    }
  };
  while (at < text.length) {
    FIRST.lastIndex = at;
    copyTo(FIRST.exec(text)?.index ?? text.length);
    const char = text[at];
    if (char === '/') {
      const end = endOfComment(text, at) ?? endOfRegExp(text, at, parts);
      if (end === undefined) copyTo(at + 1);
      else blankTo(end);
    } else if (char === '`') {
      copyTo(at + 1);
      blankTemplate();
    } else if (char === "'" || char === '"') {
      const end = endOfString(text, at);
      copyTo(at + 1);
      blankTo(end - 1);
      copyTo(end);
    } else if (char === '}' && open.at(-1) === 0) {
      open.pop();
      blankTo(at + 1);
      blankTemplate();
    } else {
      if (open.length > 0) open[open.length - 1]! += char === '{' ? 1 : -1;
      copyTo(at + 1);
    }
  }
  return parts.join('');
}

function endOfComment(text: string, at: number): number | undefined {
  const line = text[at + 1] === '/';
  if (!line && text[at + 1] !== '*') return undefined;
  const end = line ? text.indexOf('\n', at) : text.indexOf('*/', at + 2) + 2;
  return end < at + 2 ? text.length : end;
}

/** After the closing quote, or at the end of the line if there is none. */
function endOfString(text: string, at: number): number {
  const quote = text[at];
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === quote) return end + 1;
    else if (text[end] === '\n') return end;
  }
  return text.length;
}

/** After the closing backtick, or after the next `${`. */
function endOfTemplate(text: string, at: number): number {
  for (let end = at; end < text.length; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === '`') return end + 1;
    else if (text.startsWith('${', end)) return end + 2;
  }
  return text.length;
}

/** Undefined for a slash that divides. `before` is the code in front of it. */
function endOfRegExp(text: string, at: number, before: readonly string[]): number | undefined {
  if (!BEFORE_REGEXP.test(lastCode(before))) return undefined;
  let inClass = false;
  for (let end = at + 1; end < text.length && text[end] !== '\n'; end++) {
    if (text[end] === '\\') end++;
    else if (text[end] === '[') inClass = true;
    else if (text[end] === ']') inClass = false;
    else if (text[end] === '/' && !inClass) return end + 1;
  }
  return undefined;
}

/** The last characters that are not blank. */
function lastCode(parts: readonly string[]): string {
  let code = '';
  for (let at = parts.length - 1; at >= 0 && code.length < 12; at--) {
    code = `${parts[at]}${code}`.trimEnd();
  }
  return code.slice(-12);
}

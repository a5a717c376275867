import { type ExceptionDocument, newId, type StackFrameDocument } from '@nestjs-xray/document';

/** Further frames are left out and counted. */
const MAX_FRAMES = 100;

/** Longer lines are skipped: no frame is so long, but a message may be. */
const MAX_LINE = 4000;

/**
 * Parses a stack trace into exceptions, the outermost first; each names the one that caused it. Lines that do not
 * look like frames are skipped. The time is proportional to the length of the text, whatever it contains: no pattern
 * here may backtrace over text it has already read.
 *
 * @param language as in `telemetry.sdk.language`
 */
export function readStackTrace(
  first: Omit<ExceptionDocument, 'stack'>,
  trace: string,
  language: string,
): ExceptionDocument[] {
  const lines = trace.split('\n');
  switch (language) {
    case 'python':
      return [withStack(first, frames(lines, pythonFrame).reverse())];
    case 'go':
      return [withStack(first, frames(lines, goFrame))];
    case 'dotnet':
      return [withStack(first, frames(lines, dotnetFrame))];
    case 'java':
    case 'php':
      return readJava(first, lines);
    default:
      return [withStack(first, frames(lines, nodeFrame))];
  }
}

const CAUSED_BY = 'Caused by: ';

/** In Java's stack traces, `Caused by:` starts the next exception. */
function readJava(first: Omit<ExceptionDocument, 'stack'>, lines: string[]): ExceptionDocument[] {
  const parts: string[][] = [[]];
  for (const line of lines) {
    if (line.startsWith(CAUSED_BY)) parts.push([line.slice(CAUSED_BY.length)]);
    else parts.at(-1)!.push(line);
  }
  const exceptions = parts.map((part, at): ExceptionDocument => {
    const stack = frames(part, javaFrame);
    if (at === 0) return withStack(first, stack);
    const head = part[0]!;
    const colon = head.indexOf(':');
    const type = colon < 0 ? head : head.slice(0, colon);
    const message = colon < 0 ? '' : head.slice(colon + 1).replace(/^\s/, '');
    return withStack({ id: newId(), type, message, remote: first.remote }, stack);
  });
  exceptions.forEach((each, at) => {
    const cause = exceptions[at + 1];
    if (cause) each.cause = cause.id;
  });
  return exceptions;
}

function withStack(
  exception: Omit<ExceptionDocument, 'stack'>,
  stack: StackFrameDocument[],
): ExceptionDocument {
  const truncated = stack.length - MAX_FRAMES;
  return {
    ...exception,
    ...(truncated > 0 && { truncated }),
    ...(stack.length > 0 && { stack: stack.slice(0, MAX_FRAMES) }),
  };
}

/** Parses one frame from a line, and from the next line in languages that use two. */
type ReadFrame = (line: string, next: string) => StackFrameDocument | undefined;

function frames(lines: string[], read: ReadFrame): StackFrameDocument[] {
  const short = (line: string | undefined) =>
    line === undefined || line.length > MAX_LINE ? '' : line.replace(/\r$/, '');
  return lines.flatMap((line, at) => read(short(line), short(lines[at + 1])) ?? []);
}

/** The text after `at `. Undefined if the line does not begin with it. */
function behindAt(line: string): string | undefined {
  const text = line.trimStart();
  return text !== line && text.startsWith('at ') ? text.slice('at '.length) : undefined;
}

/** `path:12:3` or `path:12`. */
function positionIn(text: string): { path: string; line: string } | undefined {
  const found = /:(\d{1,9})(?::\d{1,9})?$/.exec(text);
  return found ? { path: text.slice(0, found.index), line: found[1]! } : undefined;
}

/** `at label (path:12:3)` or `at path:12:3`. */
const nodeFrame: ReadFrame = (line) => {
  const text = behindAt(line);
  if (text === undefined) return undefined;
  const open = text.lastIndexOf(' (');
  const place = positionIn(open < 0 ? text : text.slice(open + 2).replace(/\)$/, ''));
  return place && frameOf(open < 0 ? undefined : text.slice(0, open), place.path, place.line);
};

/** `at module/package.Class.method(File.java:12)` */
const javaFrame: ReadFrame = (line) => {
  const text = behindAt(line);
  const open = text?.indexOf('(') ?? -1;
  if (text === undefined || open < 1 || !text.endsWith(')')) return undefined;
  const label = text.slice(text.lastIndexOf('/', open) + 1, open);
  const place = text.slice(open + 1, -1);
  const [path, number, ...rest] = place.split(':');
  if (label === '' || rest.length > 0 || place.includes(')')) return undefined;
  if (number !== undefined && !/^\d{1,9}$/.test(number)) return undefined;
  return frameOf(label, path, number);
};

/** `at label in path:line 12` */
const dotnetFrame: ReadFrame = (line) => {
  const text = behindAt(line);
  if (!text) return undefined;
  const number = /:line (\d{1,9})$/.exec(text);
  const from = number ? text.indexOf(' in ') : -1;
  if (!number || from < 0) return frameOf(text, undefined, undefined);
  return frameOf(text.slice(0, from), text.slice(from + ' in '.length, number.index), number[1]);
};

/** `  File "path", line 12, in label` */
const pythonFrame: ReadFrame = (line) => {
  if (!line.startsWith('  File "')) return undefined;
  const from = line.lastIndexOf('", line ');
  const found =
    from < 0 ? undefined : /^(\d{1,9}), in (.*)$/.exec(line.slice(from + '", line '.length));
  return found ? frameOf(found[2], line.slice('  File "'.length, from), found[1]) : undefined;
};

/** `label(…)`, and in the next line `path:12 +0x1d` */
const goFrame: ReadFrame = (line, next) => {
  const open = line.lastIndexOf('(');
  if (open < 1 || !/^\S/.test(line) || !line.endsWith(')') || !/^\s/.test(next)) return undefined;
  const place = positionIn(next.trimStart().split(' ')[0]!);
  return place && frameOf(line.slice(0, open), place.path, place.line);
};

function frameOf(label?: string, path?: string, line?: string): StackFrameDocument {
  return {
    ...(path !== undefined && { path }),
    ...(line !== undefined && { line: Number(line) }),
    label: label ?? 'anonymous',
  };
}

import { type ExceptionDocument, newId, type StackFrameDocument } from '@nestjs-xray/document';

/** More frames are left out, and counted. */
const MAX_FRAMES = 100;

/**
 * Reads a stack trace as text into exceptions, the outermost first, each naming the one that
 * caused it. What does not look like a frame is skipped.
 *
 * @param language as in `telemetry.sdk.language`
 */
export function readStackTrace(
  first: Omit<ExceptionDocument, 'stack'>,
  trace: string,
  language: string,
): ExceptionDocument[] {
  switch (language) {
    case 'python':
      return [
        withStack(
          first,
          matches(trace, /^ {2}File "(.*)", line (\d+), in (.*)$/gm, pythonFrame).reverse(),
        ),
      ];
    case 'go':
      return [withStack(first, matches(trace, /^(\S.*)\(.*\)\n\s+(\S+):(\d+)/gm, goFrame))];
    case 'dotnet':
      return [
        withStack(first, matches(trace, /^\s*at (.+?)(?: in (.+):line (\d+))?$/gm, labelFirst)),
      ];
    case 'java':
    case 'php':
      return readJava(first, trace);
    default:
      return [
        withStack(
          first,
          matches(trace, /^\s+at (?:(.*) \()?(.*?):(\d+)(?::\d+)?\)?$/gm, labelFirst),
        ),
      ];
  }
}

/** `Caused by:` starts the next exception. */
function readJava(first: Omit<ExceptionDocument, 'stack'>, trace: string): ExceptionDocument[] {
  const frames = /^\s+at (?:[^(\n]*\/)?([^(\n]+)\(([^:)\n]*)(?::(\d+))?\)$/gm;
  const parts = trace.split(/^Caused by: /m);
  const exceptions = parts.map((part, at): ExceptionDocument => {
    const stack = matches(part, frames, labelFirst);
    if (at === 0) return withStack(first, stack);
    const [, type = '', message = ''] = /^([^:\n]*)(?::\s?([^\n]*))?/.exec(part) ?? [];
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

type Frame = (groups: (string | undefined)[]) => StackFrameDocument;

function matches(trace: string, pattern: RegExp, frame: Frame): StackFrameDocument[] {
  return [...trace.matchAll(pattern)].map(([, ...groups]) => frame(groups));
}

const labelFirst: Frame = ([label, path, line]) => frameOf(label, path, line);
const pythonFrame: Frame = ([path, line, label]) => frameOf(label, path, line);
const goFrame: Frame = ([label, path, line]) => frameOf(label, path, line);

function frameOf(label?: string, path?: string, line?: string): StackFrameDocument {
  return {
    ...(path !== undefined && { path }),
    ...(line !== undefined && { line: Number(line) }),
    label: label ?? 'anonymous',
  };
}

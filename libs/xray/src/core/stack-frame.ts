import type { StackFrameDocument } from '../document';

/** A stack line contains a function and a file. Anything longer is other text. */
const MAX_LINE = 4_096;
/** The end of a frame: `:12:34` or `:12:34)`. */
const POSITION = /:(\d{1,9})(?::\d{1,9})?\)?$/;
const MAX_POSITION = 21;

/**
 * Parses one stack line as V8 writes it. Source maps apply if Node has them enabled.
 *
 * The line may be arbitrary text, so it is searched for fixed strings; a regular expression could
 * take quadratic time.
 */
export function parseFrame(line: string): StackFrameDocument | undefined {
  if (line.length > MAX_LINE) return undefined;
  const text = line.trim();
  if (!text.startsWith('at ')) return undefined;
  const position = POSITION.exec(text.slice(-MAX_POSITION));
  if (position === null) return undefined;
  const end = text.length - position[0].length;
  const open = text.indexOf(' (');
  const hasLabel = open > 0 && open < end;
  const path = text.slice(hasLabel ? open + 2 : 3, end).replace(/^(?:async )?(?:file:\/\/)?/, '');
  if (path === '') return undefined;
  const label = hasLabel ? text.slice(3, open).replace(/^async /, '') : 'anonymous';
  return { path, line: Number(position[1]), label };
}

/** How many frames of a stack are kept. */
const MAX_FRAMES = 50;
/**
 * How much of a stack is read after its message: the maximum number of frames at maximum length.
 */
const MAX_STACK = MAX_FRAMES * MAX_LINE;

/** The first frames of a stack, and how many more lines follow that may be frames. */
export interface Frames {
  frames: StackFrameDocument[];
  more: number;
}

/**
 * Parses the frames of an error's stack. The message comes first and may contain lines that look
 * like frames, so it is skipped. If the message has been changed since, parsing starts at the first
 * line that looks like a frame.
 */
export function framesOf(stack: string, message: unknown): Frames {
  const found: Frames = { frames: [], more: 0 };
  const limit = firstFrame(stack, message) + MAX_STACK;
  let at = limit - MAX_STACK;
  while (at < stack.length && at < limit) {
    const newline = stack.indexOf('\n', at);
    const end = newline < 0 ? stack.length : newline;
    if (found.frames.length === MAX_FRAMES) {
      // The remaining lines are counted, not parsed.
      found.more++;
    } else {
      const frame = end - at > MAX_LINE ? undefined : parseFrame(stack.slice(at, end));
      if (frame !== undefined) found.frames.push(frame);
    }
    at = end + 1;
  }
  return found;
}

/**
 * How far into a stack the message may begin: it follows the name of the error, which may be long.
 */
const MAX_NAME = 500;

function firstFrame(stack: string, message: unknown): number {
  if (typeof message === 'string' && message !== '') {
    const at = stack.slice(0, MAX_NAME).indexOf(message.slice(0, MAX_NAME / 2));
    if (at >= 0 && stack.startsWith(message, at)) return at + message.length;
  }
  const at = stack.indexOf('\n    at ');
  return at < 0 ? 0 : at;
}

import type { StackFrameDocument } from '../document';

/** A line of a stack names a function and a file; what is longer is text that somebody wrote. */
const MAX_LINE = 4_096;
/** `:12:34` or `:12:34)` and no more: where in the file a frame stands. */
const POSITION = /:(\d{1,9})(?::\d{1,9})?\)?$/;
const MAX_POSITION = 21;

/**
 * Reads one line of a stack as V8 writes it; source maps are honoured when Node has them on.
 *
 * The line may be anybody's text: it is searched for fixed strings, never tried at each position.
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

/** Frames kept of a stack. */
const MAX_FRAMES = 50;
/** What is read of a stack after its message: that many frames, were every one as long as can be. */
const MAX_STACK = MAX_FRAMES * MAX_LINE;

/** The first frames of a stack, and how many lines that may be frames follow them. */
export interface Frames {
  frames: StackFrameDocument[];
  more: number;
}

/**
 * The frames of an error's stack. Its message, which comes first and may be long and look like
 * frames, is stepped over; where it was changed since, the first line like a frame is sought.
 */
export function framesOf(stack: string, message: unknown): Frames {
  const found: Frames = { frames: [], more: 0 };
  const limit = firstFrame(stack, message) + MAX_STACK;
  let at = limit - MAX_STACK;
  while (at < stack.length && at < limit) {
    const newline = stack.indexOf('\n', at);
    const end = newline < 0 ? stack.length : newline;
    if (found.frames.length === MAX_FRAMES) {
      // The rest is counted and not read.
      found.more++;
    } else {
      const frame = end - at > MAX_LINE ? undefined : parseFrame(stack.slice(at, end));
      if (frame !== undefined) found.frames.push(frame);
    }
    at = end + 1;
  }
  return found;
}

/** How far into a stack its message may begin: after the name of the error, which may be long too. */
const MAX_NAME = 500;

function firstFrame(stack: string, message: unknown): number {
  if (typeof message === 'string' && message !== '') {
    const at = stack.slice(0, MAX_NAME).indexOf(message.slice(0, MAX_NAME / 2));
    if (at >= 0 && stack.startsWith(message, at)) return at + message.length;
  }
  const at = stack.indexOf('\n    at ');
  return at < 0 ? 0 : at;
}

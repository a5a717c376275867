import type { CauseDocument, ExceptionDocument } from '../document';
import { newId } from '../document';
import { isObject } from './is-object';
import { responseMessage } from './response-message';
import type { RecordedNode, RecordedSegment } from './recorded-node';
import { withoutPasswords } from './redact';
import { Budget } from './metadata-budget';
import { safeCopy } from './safe-metadata';
import { framesOf } from './stack-frame';
import { stackOf } from './stack-of';

/** How many exceptions are recorded from one chain of causes. */
const MAX_CHAIN = 10;
/** How many thrown values a segment remembers in order to record each of them once. */
const MAX_KNOWN = 1000;
const MAX_MESSAGE = 2000;
const MAX_TYPE = 250;

/**
 * Records `thrown` on `node`: the flags that follow from its status, and its exception. The first
 * node of a segment that sees the exception records its stack and causes; later nodes refer to it
 * by id.
 */
export function recordThrown(node: RecordedNode, thrown: unknown): void {
  setFlags(node, thrown);
  if (node.cause !== undefined) return;
  node.cause = knownId(node, thrown) ?? describe(node.root, thrown);
}

/**
 * Like recordThrown(), but keeps an exception that is already there: an exception filter may throw
 * another one.
 */
export function recordAlsoThrown(node: RecordedNode, thrown: unknown): void {
  const { cause } = node;
  recordThrown(node, thrown);
  if (cause === undefined || node.root.thrown?.has(thrown)) return;
  const { exceptions } = describe(node.root, thrown);
  if (typeof cause === 'object') cause.exceptions.push(...exceptions);
  else node.cause = { working_directory: process.cwd(), exceptions };
}

/** Status 429 sets throttle and error, any other 4xx sets error, everything else sets fault. */
export function setFlags(node: RecordedNode, thrown: unknown): void {
  const status = statusOf(thrown);
  if (status !== undefined && status >= 400 && status < 500) {
    node.error = true;
    if (status === 429) node.throttle = true;
  } else {
    node.fault = true;
  }
}

/**
 * The HTTP status of a thrown value. An HttpException has `getStatus` (core does not import Nest);
 * an error of the http-errors package has `expose`. Other objects with a status, such as axios
 * errors, describe the response of another server and are not used.
 */
function statusOf(thrown: unknown): number | undefined {
  if (typeof thrown !== 'object' || thrown === null) return undefined;
  try {
    const { getStatus, expose, statusCode } = thrown as Record<string, unknown>;
    const status: unknown =
      typeof getStatus === 'function'
        ? getStatus.call(thrown)
        : typeof expose === 'boolean'
          ? statusCode
          : undefined;
    return typeof status === 'number' ? status : undefined;
  } catch {
    return undefined;
  }
}

/** Objects are compared by identity. A primitive counts as the same only if a child recorded it. */
function knownId(node: RecordedNode, thrown: unknown): string | undefined {
  const id = node.root.thrown?.get(thrown);
  if (id === undefined || isObject(thrown)) return id;
  return node.subsegments?.some(({ cause }) => idOf(cause) === id) ? id : undefined;
}

function idOf(cause: RecordedNode['cause']): string | undefined {
  return typeof cause === 'string' ? cause : cause?.exceptions[0]?.id;
}

function describe(root: RecordedSegment, thrown: unknown): CauseDocument {
  const exceptions: ExceptionDocument[] = [];
  const known = (root.thrown ??= new Map<unknown, string>());
  const above: string[] = [];

  /**
   * Adds `value` and its causes and returns the id. Returns undefined when the chain is long
   * enough.
   */
  const add = (value: unknown): string | undefined => {
    // Refer to an exception that a child has already recorded, also when it is the cause of this
    // one.
    const before = isObject(value) ? known.get(value) : undefined;
    // Do not refer back to an exception that is its own cause: following the causes would never
    // end.
    if (before !== undefined) return above.includes(before) ? undefined : before;
    if (exceptions.length >= MAX_CHAIN) return undefined;
    const exception = describeOne(root, value);
    exceptions.push(exception);
    if (known.size < MAX_KNOWN) known.set(value, exception.id);
    above.push(exception.id);
    try {
      const { cause, errors } = (value ?? {}) as { cause?: unknown; errors?: unknown };
      if (cause !== undefined && cause !== null) exception.cause = add(cause);
      // An AggregateError has several errors, X-Ray's format one cause: link the first, keep them
      // all.
      if (isAggregate(value) && Array.isArray(errors)) {
        for (const inner of errors) {
          const id = add(inner);
          exception.cause ??= id;
        }
      }
    } catch {
      // If a getter throws, only the cause is missing.
    }
    above.pop();
    return exception.id;
  };

  add(thrown);
  return { working_directory: process.cwd(), exceptions };
}

/**
 * Compares by name too, because errors from another realm (Node's own errors in Jest) fail
 * `instanceof`.
 */
function isAggregate(value: unknown): boolean {
  return value instanceof AggregateError || typeOf(value) === 'AggregateError';
}

function describeOne(root: RecordedSegment, value: unknown): ExceptionDocument {
  const exception: ExceptionDocument = { id: newId(), remote: false };
  try {
    exception.type = typeOf(value);
    if (typeof value === 'object' && value !== null) {
      const { message } = value as { message?: unknown };
      const json = (part: object) => jsonOf(part, root.owner.redact);
      exception.message = safeMessage(
        responseMessage(value, json) ?? (typeof message === 'string' ? message : json(value)),
      );
      const stack = stackOf(value);
      if (stack !== undefined) addStack(exception, stack, message);
    } else {
      exception.message = safeMessage(String(value));
    }
  } catch {
    exception.type ??= 'unknown';
    exception.message ??= 'The thrown value could not be read.';
  }
  return exception;
}

/**
 * How much of a message is searched for passwords: more than is kept, so that a password that is
 * cut off at the end is still recognised.
 */
const MAX_READ = 4 * MAX_MESSAGE;

function safeMessage(message: string): string {
  return withoutPasswords(message.slice(0, MAX_READ)).slice(0, MAX_MESSAGE);
}

function jsonOf(value: object, redact: RegExp): string {
  return JSON.stringify(safeCopy(value, redact, new Budget(MAX_MESSAGE)));
}

/** The exception type under which a thrown value is recorded. */
export function exceptionType(thrown: unknown): string {
  try {
    return typeOf(thrown);
  } catch {
    return 'unknown';
  }
}

/** The name of an error, or the name of its class if the error has no name of its own. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  const { name } = value as { name?: unknown };
  const { name: className } = (value.constructor ?? {}) as { name?: unknown };
  if (typeof name === 'string' && name !== '' && name !== 'Error') return name.slice(0, MAX_TYPE);
  return typeof className === 'string' && className !== '' ? className : 'Object';
}

function addStack(exception: ExceptionDocument, stack: string, message: unknown): void {
  const { frames, more } = framesOf(stack, message);
  if (frames.length > 0) exception.stack = frames;
  if (more > 0) exception.truncated = more;
}

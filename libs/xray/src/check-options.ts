import { XrayOptionsError } from './xray.errors';
import type { XrayOptions } from './xray.options';

type Fits = (value: unknown) => boolean;

const string: Fits = (value) => typeof value === 'string' && value !== '';
const boolean: Fits = (value) => typeof value === 'boolean';
const callback: Fits = (value) => typeof value === 'function';
const object: Fits = (value) => typeof value === 'object' && value !== null;
const pattern: Fits = (value) => value instanceof RegExp;
const atLeast =
  (least: number): Fits =>
  (value) =>
    typeof value === 'number' && value >= least;
const share: Fits = (value) => typeof value === 'number' && value >= 0 && value <= 1;
const oneOf =
  (...values: unknown[]): Fits =>
  (value) =>
    values.includes(value);
const any =
  (...kinds: Fits[]): Fits =>
  (value) =>
    kinds.some((fits) => fits(value));
const list =
  (fits: Fits): Fits =>
  (value) =>
    Array.isArray(value) && value.every(fits);
const having =
  (method: string): Fits =>
  (value) =>
    object(value) && callback((value as Record<string, unknown>)[method]);

/** What each option takes, in words and as a test. What is finer is checked where it is used. */
const TAKES: { [Key in keyof XrayOptions]-?: [words: string, fits: Fits] } = {
  serviceName: ['a name, or leave it to AWS_XRAY_TRACING_NAME', string],
  dynamicNaming: ['a glob, such as "*.example.com"', string],
  daemonAddress: ['host:port', string],
  emitter: ['an object with emit(), flush() and close()', having('emit')],
  maxDocumentBytes: ['a number of bytes', atLeast(1)],
  inProgress: ['true or false', boolean],
  shutdownTimeoutMs: ['a number of milliseconds', atLeast(0)],
  sampling: [
    'a share from 0 to 1, a function, rules, { file }, or "central"',
    any(share, callback, object, oneOf('central')),
  ],
  contextMissing: ['"ignore", "log" or "error"', oneOf('ignore', 'log', 'error')],
  capture: ['true, false, or an object that says which', any(boolean, object)],
  ignore: [
    'path globs, predicates, or a list of them',
    any(string, callback, list(any(string, callback))),
  ],
  urlQuery: ['"strip" or "keep"', oneOf('strip', 'keep')],
  redact: ['a list of keys, or a pattern', any(list(string), pattern)],
  autoTrace: [
    'true, false, globs of class names, or a predicate',
    any(boolean, string, callback, list(string)),
  ],
  graphql: ['an object such as { trivialFields: true }', object],
  source: ['true or false', boolean],
  plugins: ['a list', list(any(string, object))],
  logger: ['an object with warn()', having('warn')],
  enabled: ['true or false', boolean],
};

/**
 * Refuses options that cannot work, when the application starts and not with the first request.
 *
 * @throws XrayOptionsError naming the option, what it is and what it takes.
 */
export function checkOptions(options: XrayOptions): void {
  if (!object(options)) throw new XrayOptionsError('options', options, 'at least { serviceName }');
  if (options.enabled === false) return;
  for (const name of Object.keys(TAKES) as (keyof XrayOptions)[]) {
    const value = options[name];
    const needed = name === 'serviceName' && !process.env.AWS_XRAY_TRACING_NAME;
    const [words, fits] = TAKES[name];
    if (value === undefined ? needed : !fits(value)) throw new XrayOptionsError(name, value, words);
  }
}

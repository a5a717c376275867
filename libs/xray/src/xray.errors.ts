import { inspect } from 'node:util';

/** A decorator was put on something that is not a method: said when the class is defined. */
export class NotAMethodError extends TypeError {
  constructor(decorator: string, owner: string, key: string | symbol, what = 'a property') {
    super(
      `@${decorator}() cannot trace ${owner}.${String(key)}: it is ${what}, not a method. ` +
        'Put the decorator on a method, or wrap the work in XrayService.capture().',
    );
    this.name = 'NotAMethodError';
  }
}

/** An option has a value that it can't have: said at start-up. */
export class XrayOptionsError extends TypeError {
  constructor(option: string, value: unknown, takes: string) {
    super(
      `Cannot start XrayModule with ${option} ${inspect(value, { depth: 0 })}: it takes ${takes}. ` +
        'Correct what XrayModule.forRoot() or the factory of forRootAsync() is given.',
    );
    this.name = 'XrayOptionsError';
  }
}

/** Something was to be recorded where no segment is open, and `contextMissing` is `error`. */
export class ContextMissingError extends Error {
  constructor(what: string) {
    super(
      `Cannot ${what}: there is no active segment. Call it while a request is handled, ` +
        'open one with @Segment() or captureSegment(), or set contextMissing to "ignore".',
    );
    this.name = 'ContextMissingError';
  }
}

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

/** A parameter was to be recorded under its name and has none: said when the class is defined. */
export class ParameterKeyError extends TypeError {
  constructor(decorator: string, method: string, index: number) {
    super(
      `@${decorator}() on parameter ${index + 1} of ${method} needs a key: the name of the parameter ` +
        'is unknown, because it is destructured or the compiler has rewritten the method. ' +
        `Pass a key, as in @${decorator}('id').`,
    );
    this.name = 'ParameterKeyError';
  }
}

/**
 * Something that the library was told, in code or by a variable, cannot work: said at start-up. The
 * base of all such errors, so that one `catch` tells them from the application's own.
 */
export class XrayConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'XrayConfigurationError';
  }
}

/** An option has a value that it can't have, is missing, or does not exist. */
export class XrayOptionsError extends XrayConfigurationError {
  constructor(message: string) {
    super(message);
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

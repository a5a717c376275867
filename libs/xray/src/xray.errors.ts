/** A decorator is on something that is not a method. Thrown when the class is defined. */
export class NotAMethodError extends TypeError {
  constructor(decorator: string, owner: string, key: string | symbol, what = 'a property') {
    super(
      `@${decorator}() cannot trace ${owner}.${String(key)}: it is ${what}, not a method. ` +
        'Put the decorator on a method, or wrap the work in XrayService.capture().',
    );
    this.name = 'NotAMethodError';
  }
}

/**
 * A parameter should be recorded under its name, but the name is unknown. Thrown when the class is
 * defined.
 */
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
 * A setting in code or in an environment variable cannot work. Thrown at startup. It is the base
 * class of all such errors, so that one `catch` can tell them from errors of the application.
 */
export class XrayConfigurationError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'XrayConfigurationError';
  }
}

/** An option is unknown, missing, or has an invalid value. */
export class XrayOptionsError extends XrayConfigurationError {
  constructor(message: string) {
    super(message);
    this.name = 'XrayOptionsError';
  }
}

/** Something was recorded outside a segment while `contextMissing` is `error`. */
export class ContextMissingError extends Error {
  constructor(what: string) {
    super(
      `Cannot ${what}: there is no active segment. Call it while a request is handled, ` +
        'open one with @Segment() or captureSegment(), or set contextMissing to "ignore".',
    );
    this.name = 'ContextMissingError';
  }
}

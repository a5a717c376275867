import { inspect } from 'node:util';
import { XrayConfigurationError } from '../xray.errors';
import type { AnyOptions } from './subsegment.options';

/**
 * What a decorator was given: a name, or an object of options.
 *
 * @throws XrayConfigurationError for anything else, which JavaScript and `any` let through
 */
export function givenOptions(decorator: string, given: unknown): AnyOptions {
  if (typeof given === 'string') return { name: given };
  if (typeof given === 'object' && given !== null && !Array.isArray(given)) return given;
  throw new XrayConfigurationError(
    `Cannot use @${decorator}(${inspect(given, { depth: 0 }).slice(0, 80)}): it takes a name or an object of ` +
      `options. Use @${decorator}(), @${decorator}('name') or @${decorator}({ name: 'name' }).`,
  );
}

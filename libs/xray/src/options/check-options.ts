import { inspect } from 'node:util';
import { XrayOptionsError } from '../xray.errors';
import { closestName } from './closest-name';
import { object, type Fits } from './fits';

/** One option: the values it accepts, as text for error messages and as a test. */
export interface Option {
  readonly takes: string;
  readonly fits: Fits;
  readonly required?: boolean;
  /** The options inside it, if it is an object of options. */
  readonly inside?: OptionTable;
}

export type OptionTable = Readonly<Record<string, Option>>;

/** An option for each property of `T`. A missing one is a compile error. */
export type OptionsOf<T> = { readonly [Name in keyof T]-?: Option };

/**
 * What is being set up and where its options are written: the beginning and the end of an error
 * message.
 */
export interface Owner {
  /** Such as `start XrayModule`. */
  readonly attempt: string;
  readonly remedy: string;
}

/**
 * Rejects options that cannot work: unknown, missing, or of the wrong kind. `undefined` stands for
 * the default.
 *
 * @throws XrayOptionsError naming the option, its value and what it accepts.
 */
export function checkOptions(owner: Owner, table: OptionTable, given: unknown, path = ''): void {
  const refuse = (problem: string): never => {
    throw new XrayOptionsError(`Cannot ${owner.attempt}${problem} ${owner.remedy}`);
  };
  if (!object(given)) return refuse(` with options ${shown(given)}: it takes an object of them.`);
  const options = given as Record<string, unknown>;
  for (const name of Object.keys(options)) {
    if (Object.hasOwn(table, name) || options[name] === undefined) continue;
    const meant = closestName(name, Object.keys(table));
    const hint = meant === undefined ? '' : ` Did you mean ${path}${meant}?`;
    refuse(` with ${path}${shownName(name)}: there is no such option.${hint}`);
  }
  for (const [name, { fits, inside, required, takes }] of Object.entries(table)) {
    const value = options[name];
    if (value === undefined) {
      if (required) refuse(` without ${path}${name}: it takes ${takes}.`);
      continue;
    }
    if (!fits(value)) refuse(` with ${path}${name} ${shown(value)}: it takes ${takes}.`);
    if (inside && object(value)) checkOptions(owner, inside, value, `${path}${name}.`);
  }
}

/**
 * Formats a value of the user: recognisable, on one line, and too short to reveal a whole secret.
 */
function shown(value: unknown): string {
  return inspect(value, { depth: 0, breakLength: Infinity, maxStringLength: 100 });
}

function shownName(name: string): string {
  return /^[\w$]{1,50}$/.test(name) ? name : shown(name);
}

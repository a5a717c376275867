import { checkOptions, type OptionsOf } from '../../options/check-options';
import * as fits from '../../options/fits';
import { MODULE_OPTIONS } from '../../options/module-options';
import type { OtlpEmitterOptions, OtlpSettings } from './otlp-settings';
import { otlpVariables } from './otlp-variables';

const milliseconds = {
  takes: `a whole number of milliseconds from 1 to ${fits.MAX_TIMER_MS}`,
  fits: fits.wholeFrom(1, fits.MAX_TIMER_MS),
};
const count = { takes: 'a whole number above 0', fits: fits.wholeFrom(1) };
const texts = { takes: 'an object of strings', fits: fits.recordOf(fits.anyText) };

const OPTIONS: OptionsOf<OtlpEmitterOptions> = {
  url: { takes: 'a URL such as http://localhost:4318/v1/traces', fits: fits.httpUrl },
  headers: texts,
  protocol: {
    takes: '"http/protobuf" or "http/json"',
    fits: fits.oneOf('http/protobuf', 'http/json'),
  },
  gzip: { takes: 'true or false', fits: fits.flag },
  timeoutMs: milliseconds,
  sign: {
    takes: 'an object such as { region: "eu-west-1" }',
    fits: fits.object,
    inside: {
      region: { takes: 'a region of AWS', fits: fits.text, required: true },
      signer: { takes: 'an object with a method sign()', fits: fits.object },
    },
  },
  resource: texts,
  delayMs: milliseconds,
  maxQueue: count,
  maxBatch: count,
  logger: MODULE_OPTIONS.logger,
};

const OWNER = {
  attempt: 'create an OtlpEmitter',
  remedy: 'Correct what new OtlpEmitter() is given.',
};

/**
 * The settings from code, and for the others those from the environment. Variables for settings
 * that are given in code are not read.
 *
 * @throws XrayConfigurationError when a value cannot be used, such as gRPC.
 */
export function otlpSettings(
  given: Partial<OtlpSettings> = {},
  env: NodeJS.ProcessEnv = process.env,
): OtlpSettings {
  checkOptions(OWNER, OPTIONS, given);
  const variables = otlpVariables(env);
  const setting = <Name extends keyof Omit<OtlpSettings, 'sign'>>(name: Name): OtlpSettings[Name] =>
    given[name] ?? variables[name]();
  return {
    url: setting('url'),
    headers: setting('headers'),
    protocol: setting('protocol'),
    gzip: setting('gzip'),
    timeoutMs: setting('timeoutMs'),
    ...(given.sign && { sign: given.sign }),
    resource: setting('resource'),
    delayMs: setting('delayMs'),
    maxQueue: setting('maxQueue'),
    maxBatch: setting('maxBatch'),
  };
}

import type { SegmentOwner } from '../core/recorded-node';
import { inLifecycleHook } from '../instrumentation/nest/lifecycle-hooks';
import { ContextMissingError } from '../xray.errors';
import type { XrayOptions } from '../xray.options';

type Strategy = NonNullable<XrayOptions['contextMissing']>;

/** The names of the strategies in AWS's SDKs. */
const FROM_AWS: Record<string, Strategy> = {
  RUNTIME_ERROR: 'error',
  LOG_ERROR: 'log',
  IGNORE_ERROR: 'ignore',
};

/**
 * What to do when something is recorded outside a segment. Undefined for nothing, so that the check
 * costs nothing. `AWS_XRAY_CONTEXT_MISSING` takes precedence; an invalid value is logged and
 * ignored.
 */
export function contextMissing(
  options: Pick<XrayOptions, 'contextMissing'>,
  recorder: Pick<SegmentOwner, 'warn'>,
): ((what: string) => void) | undefined {
  switch (strategyFor(options, recorder)) {
    case 'error':
      return (what) => {
        if (!inLifecycleHook()) throw new ContextMissingError(what);
        recorder.warn(`missing:${what}`, new ContextMissingError(what).message);
      };
    case 'log':
      return (what) => recorder.warn(`missing:${what}`, new ContextMissingError(what).message);
    default:
      return undefined;
  }
}

function strategyFor(
  options: Pick<XrayOptions, 'contextMissing'>,
  recorder: Pick<SegmentOwner, 'warn'>,
): Strategy | undefined {
  const variable = process.env.AWS_XRAY_CONTEXT_MISSING;
  if (!variable) return options.contextMissing;
  const strategy = FROM_AWS[variable.toUpperCase()];
  if (strategy !== undefined) return strategy;
  const known = Object.keys(FROM_AWS).join(', ');
  recorder.warn(
    'context-missing',
    `AWS_XRAY_CONTEXT_MISSING is "${variable}", which is not one of ${known}. The option contextMissing is used instead.`,
  );
  return options.contextMissing;
}

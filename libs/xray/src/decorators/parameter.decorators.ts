import { NotAMethodError } from '../xray.errors';
import { refuseIfNotCalled } from './not-called';
import { addParameterRule } from './parameter-rules';

/**
 * Records the argument as a searchable annotation on the subsegment of the call. Dates are written
 * as ISO text and bigints as digits; undefined and null are left out.
 *
 * The method must be traced by @Subsegment() on it or on its class, by @Segment() or by
 * `autoTrace`. On a handler of requests or messages, the annotation is added to their segment.
 *
 * @param key default: the parameter's name; required if that is unknown, as for `{ id }`.
 * @example
 * find(@Param('handle') @Annotation() handle: string)
 */
export function Annotation(key?: string): ParameterDecorator;
export function Annotation(...given: [key?: string]): ParameterDecorator {
  refuseIfNotCalled('Annotation', given);
  const [key] = given;
  return (target, method, index) => {
    if (method === undefined) throw notOfAMethod('Annotation', target);
    addParameterRule(target, method, { index, key, kind: 'annotation' });
  };
}

/**
 * Records the argument as metadata, for display, on the subsegment of the call.
 *
 * @param key default: the parameter's name; required if that is unknown, as for `{ id }`.
 * @param namespace default: `default`.
 */
export function Metadata(key?: string, namespace?: string): ParameterDecorator;
export function Metadata(...given: [key?: string, namespace?: string]): ParameterDecorator {
  refuseIfNotCalled('Metadata', given);
  const [key, namespace] = given;
  return (target, method, index) => {
    if (method === undefined) throw notOfAMethod('Metadata', target);
    addParameterRule(target, method, { index, key, kind: 'metadata', namespace });
  };
}

function notOfAMethod(decorator: string, target: object): NotAMethodError {
  const owner = typeof target === 'function' ? target.name : target.constructor.name;
  return new NotAMethodError(decorator, owner, 'constructor', 'a parameter of the constructor');
}

import { NotAMethodError } from '../xray.errors';
import { addParameterRule } from './parameter-rules';

/**
 * Records the argument as an annotation, searchable, of the subsegment of the call. Dates are
 * written as ISO text, bigints as digits; undefined and null are left out.
 *
 * The method has to be traced, by @Subsegment() on it or its class, @Segment() or `autoTrace`; or to
 * handle requests or messages: then it is an annotation of their segment.
 *
 * @param key default: the parameter's name; needed where that cannot be told, as of `{ id }`.
 * @example
 * find(@Param('handle') @Annotation() handle: string)
 */
export function Annotation(key?: string): ParameterDecorator {
  return (target, method, index) => {
    if (method === undefined) throw notOfAMethod('Annotation', target);
    addParameterRule(target, method, { index, key, kind: 'annotation' });
  };
}

/**
 * Records the argument as metadata, for display, of the subsegment of the call.
 *
 * @param key default: the parameter's name; needed where that cannot be told, as of `{ id }`.
 * @param namespace default: `default`.
 */
export function Metadata(key?: string, namespace?: string): ParameterDecorator {
  return (target, method, index) => {
    if (method === undefined) throw notOfAMethod('Metadata', target);
    addParameterRule(target, method, { index, key, kind: 'metadata', namespace });
  };
}

function notOfAMethod(decorator: string, target: object): NotAMethodError {
  const owner = typeof target === 'function' ? target.name : target.constructor.name;
  return new NotAMethodError(decorator, owner, 'constructor', 'a parameter of the constructor');
}

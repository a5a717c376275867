import type { Type } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { globMatcher } from '../core/glob';
import { isSkippedClass } from '../decorators/marks';
import { wrapClass, type Undo } from '../decorators/wrap-class';
import type { AutoTrace } from '../xray.options';

/** Modules of Nest itself and of this package, whose providers are nobody's business. */
const INTERNAL = new Set(['InternalCoreModule', 'DiscoveryModule', 'XrayModule']);

/**
 * Traces the methods of the providers that `rule` picks as if @Subsegment() stood on their classes.
 * Those made by `useFactory` and `useValue` are left alone: they may be anything.
 */
export function autoTrace(discovery: DiscoveryService, rule: AutoTrace): Undo[] {
  const picks = picker(rule);
  const seen = new Set<Type>();
  return discovery.getProviders().flatMap(({ metatype, inject, host, isNotMetatype }) => {
    if (typeof metatype !== 'function' || inject || isNotMetatype) return [];
    const type = metatype as Type;
    if (seen.has(type) || type.prototype === undefined || isSkippedClass(type)) return [];
    if (host?.metatype === type || INTERNAL.has(host?.name ?? '')) return [];
    seen.add(type);
    return picks(type) ? wrapClass(type, {}, undefined) : [];
  });
}

function picker(rule: AutoTrace): (type: Type) => boolean {
  if (typeof rule === 'boolean') return () => rule;
  if (typeof rule === 'function') return (type) => rule({ name: type.name, type });
  const globs = Array.isArray(rule) ? rule : [rule];
  const excluded = globs
    .filter((glob) => glob.startsWith('!'))
    .map((glob) => globMatcher(glob.slice(1)));
  const included = globs.filter((glob) => !glob.startsWith('!')).map(globMatcher);
  return ({ name }) =>
    (included.length === 0 || included.some((matches) => matches(name))) &&
    !excluded.some((matches) => matches(name));
}

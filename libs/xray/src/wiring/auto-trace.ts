import type { Type } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { globMatcher } from '../core/glob';
import type { Warn } from '../core/warn-once';
import type { Undo } from '../decorators/shared-wrappers';
import { wrapClass } from '../decorators/wrap-class';
import type { AutoTrace } from '../xray.options';
import { providerClasses } from './application-classes';
import { originsOf } from './class-origin';

/**
 * Traces the methods of the providers that `rule` selects, as if @Subsegment() were on their
 * classes. Globs and `true` select among the application's own providers; a name without wildcards,
 * and a predicate, also among those of packages. Providers made by `useFactory` and `useValue` are
 * not traced, because they can be anything.
 */
export function autoTrace(discovery: DiscoveryService, rule: AutoTrace, warn: Warn): Undo[] {
  if (rule === false) return [];
  const candidates = providerClasses(discovery);
  const picked = picker(rule);
  const wanted = candidates.filter((type) => picked(type) !== 'no');
  const doubtful = wanted.filter((type) => picked(type) === 'if own');
  const origins = originsOf(doubtful);
  const foreign = new Set(doubtful.filter((_, at) => origins[at] === 'package'));
  if (origins.includes('unknown')) warn('auto-trace:origin', ORIGIN_UNKNOWN);
  return wanted
    .filter((type) => !foreign.has(type))
    .flatMap((type) => wrapClass(type, {}, undefined));
}

const ORIGIN_UNKNOWN =
  "Could not distinguish the application's own providers from those of packages, so autoTrace traces both: " +
  'they are in one file, without a source map. Leave the map beside the bundle, or pick providers ' +
  "by name: autoTrace: ['*Service', '!ConfigService'].";

type Pick = 'yes' | 'if own' | 'no';

function picker(rule: AutoTrace): (type: Type) => Pick {
  if (typeof rule === 'boolean') return () => 'if own';
  if (typeof rule === 'function') return (type) => (rule({ name: type.name, type }) ? 'yes' : 'no');
  const globs = Array.isArray(rule) ? rule : [rule];
  const excluded = globs
    .filter((glob) => glob.startsWith('!'))
    .map((glob) => globMatcher(glob.slice(1)));
  const included = globs.filter((glob) => !glob.startsWith('!'));
  const matchers = included.map(globMatcher);
  return ({ name }) => {
    if (excluded.some((matches) => matches(name))) return 'no';
    if (included.includes(name)) return 'yes';
    const fits = included.length === 0 || matchers.some((matches) => matches(name));
    return fits ? 'if own' : 'no';
  };
}

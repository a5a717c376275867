import type { Type } from '@nestjs/common';
import type { DiscoveryService } from '@nestjs/core';
import { isSkippedClass } from '../decorators/marks';

/**
 * Modules of Nest and of this package. In a bundle their classes may look like the application's.
 */
const INTERNAL = new Set(['InternalCoreModule', 'DiscoveryModule', 'XrayModule']);

/** The providers that Nest instantiates from a class, each class once. */
export function providerClasses(discovery: DiscoveryService): Type[] {
  const found = new Set<Type>();
  for (const { metatype, inject, host, isNotMetatype } of discovery.getProviders()) {
    if (typeof metatype !== 'function' || inject || isNotMetatype) continue;
    const type = metatype as Type;
    if (type.prototype === undefined || isSkippedClass(type)) continue;
    if (host?.metatype === type || INTERNAL.has(host?.name ?? '')) continue;
    found.add(type);
  }
  return [...found];
}

/** Those and the controllers. */
export function applicationClasses(discovery: DiscoveryService): Type[] {
  const controllers = discovery.getControllers().flatMap(({ metatype }) => metatype ?? []);
  return [...(controllers as Type[]), ...providerClasses(discovery)];
}

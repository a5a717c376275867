import 'reflect-metadata';
import type { DiscoveryService } from '@nestjs/core';
import type { Undo } from '../decorators/shared-wrappers';
import { wrapMethodsOf } from '../decorators/wrap-class';

/** @nestjs/graphql stores what a method resolves under these keys. */
const RESOLVES = ['graphql:resolver_type', 'graphql:resolve_property', 'graphql:resolve_reference'];

/**
 * Traces every resolver of the application: queries, mutations and @ResolveField() methods. Fields
 * that are only read from their object have no method and are not traced.
 */
export function traceResolvers(discovery: DiscoveryService): Undo[] {
  const providers = [...discovery.getProviders(), ...discovery.getControllers()];
  return providers.flatMap(({ metatype, inject }) => {
    const { prototype } = (metatype ?? {}) as { prototype?: object };
    if (typeof metatype !== 'function' || prototype === undefined || inject) return [];
    return wrapMethodsOf(metatype as abstract new () => unknown, undefined, {}, isResolver);
  });
}

function isResolver(method: object): boolean {
  return RESOLVES.some((key) => Reflect.hasMetadata(key, method));
}

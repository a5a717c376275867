import type { ModuleRef } from '@nestjs/core';
import { loadedCopies } from '../instrumentation/loaded-copies';
import { capture } from '../core/capture';
import type { Undo } from '../decorators/wrap-class';

type Resolve = (source: unknown, args: unknown, context: unknown, info: unknown) => unknown;

interface Field {
  name: string;
  args?: unknown;
  resolve?: Resolve;
}

interface Schema {
  getTypeMap(): Record<string, { name: string; getFields?(): Record<string, Field> }>;
}

/**
 * Traces the fields that no method resolves, as `Book.title`: a great many, and all but always
 * too short to be of interest, hence only when asked for. To be called once the schema is there.
 */
export function traceTrivialFields(modules: ModuleRef): Undo[] {
  return schemasOf(modules).flatMap((schema) =>
    Object.values(schema.getTypeMap()).flatMap((type) => {
      const fields = type.name.startsWith('__') ? [] : Object.values(type.getFields?.() ?? {});
      return fields.filter(isTrivial).map((field) => trace(type.name, field));
    }),
  );
}

/**
 * Whether no method of the application resolves it. Schemas made of classes give such a field a
 * function of one parameter that reads the property; input types have fields without arguments.
 */
function isTrivial({ args, resolve }: Field): boolean {
  if (args === undefined) return false;
  return resolve === undefined || (resolve.length === 1 && !resolve.name.startsWith('bound '));
}

function schemasOf(modules: ModuleRef): Schema[] {
  const file = '/@nestjs/graphql/dist/index.js';
  return loadedCopies('@nestjs/graphql', file).flatMap((module) => {
    const { GraphQLSchemaHost } = module as { GraphQLSchemaHost?: new () => { schema: Schema } };
    if (GraphQLSchemaHost === undefined) return [];
    try {
      return [modules.get(GraphQLSchemaHost, { strict: false }).schema];
    } catch {
      // GraphQL is installed but not used, or not by this application.
      return [];
    }
  });
}

function trace(type: string, field: Field): Undo {
  const label = `${type}.${field.name}`;
  const { resolve } = field;
  field.resolve = (source, args, context, info) =>
    capture(label, () =>
      resolve
        ? resolve(source, args, context, info)
        : readField(source, field.name, args, context, info),
    );
  return () => {
    field.resolve = resolve;
  };
}

/** What GraphQL does by default: reads the property, and calls it when it is a method. */
function readField(source: unknown, name: string, ...rest: unknown[]): unknown {
  const object = (source ?? {}) as Record<string, unknown>;
  const value = object[name];
  return typeof value === 'function'
    ? (Reflect.apply(value as Resolve, object, rest) as unknown)
    : value;
}

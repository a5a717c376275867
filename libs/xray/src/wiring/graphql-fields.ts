import type { DiscoveryService } from '@nestjs/core';
import { capture } from '../core/capture';
import { storage } from '../core/context';
import { nameOperation, operationOf, type Operation } from '../entry/graphql-operations';
import type { Undo } from '../decorators/shared-wrappers';

type Resolve = (source: unknown, args: unknown, context: unknown, info: Info) => unknown;

/** What graphql-js passes to a resolver about its operation. */
interface Info {
  operation?: Operation;
}

interface Field {
  name: string;
  args?: unknown;
  resolve?: Resolve;
}

interface GraphqlType {
  name: string;
  getFields?(): Record<string, Field>;
}

interface Schema {
  getQueryType?(): object | null | undefined;
  getMutationType?(): object | null | undefined;
  getTypeMap(): Record<string, GraphqlType>;
}

/**
 * Traces the fields without a resolver method, such as `Book.title`. There are very many and nearly
 * all are too fast to matter, so this is off by default. Call it once the schema is built.
 */
export function traceTrivialFields(discovery: DiscoveryService): Undo[] {
  return schemasOf(discovery).flatMap((schema) =>
    typesOf(schema).flatMap((type) =>
      fieldsOf(type)
        .filter(isTrivial)
        .map((field) => trace(type.name, field)),
    ),
  );
}

/**
 * Runs each resolver within the subsegment of its operation, and names the request after the
 * operation. Call it once the schema is built.
 */
export function traceOperations(discovery: DiscoveryService): Undo[] {
  return schemasOf(discovery).flatMap((schema) => {
    const roots = [schema.getQueryType?.(), schema.getMutationType?.()];
    return typesOf(schema).flatMap((type) =>
      fieldsOf(type).flatMap((field) => {
        const { args, resolve } = field;
        if (args === undefined || resolve === undefined || isTrivial(field)) return [];
        field.resolve = inOperation(resolve, roots.includes(type));
        return [() => void (field.resolve = resolve)];
      }),
    );
  });
}

function inOperation(resolve: Resolve, isRoot: boolean): Resolve {
  return (source, args, context, info) => {
    const operation = operationOf(context);
    if (operation !== undefined) {
      return storage.run(operation, resolve, source, args, context, info);
    }
    if (isRoot && info.operation !== undefined) nameOperation(storage.getStore(), info.operation);
    return resolve(source, args, context, info);
  };
}

function typesOf(schema: Schema): GraphqlType[] {
  return Object.values(schema.getTypeMap()).filter(({ name }) => !name.startsWith('__'));
}

function fieldsOf(type: GraphqlType): Field[] {
  return Object.values(type.getFields?.() ?? {});
}

/**
 * Whether no method of the application resolves the field. Schemas made from classes give such a
 * field a function with one parameter that reads the property; fields of input types have no
 * arguments.
 */
function isTrivial({ args, resolve }: Field): boolean {
  if (args === undefined) return false;
  return resolve === undefined || (resolve.length === 1 && !resolve.name.startsWith('bound '));
}

/**
 * Finds schemas in the providers that only hold one, such as GraphQLSchemaHost of @nestjs/graphql.
 * They are recognised by their properties: a bundler may rename the class, and this package must
 * not load it.
 */
function schemasOf(discovery: DiscoveryService): Schema[] {
  return discovery.getProviders().flatMap((provider) => {
    const instance = provider.instance as { schema?: Partial<Schema> } | null | undefined;
    if (typeof instance !== 'object' || instance === null || !isSchemaHost(instance)) return [];
    try {
      return typeof instance.schema?.getTypeMap === 'function' ? [instance.schema as Schema] : [];
    } catch {
      // There is no schema, or it has not been built yet.
      return [];
    }
  });
}

function isSchemaHost(instance: object): boolean {
  const prototype = Object.getPrototypeOf(instance) as object | null;
  const {
    schema,
    constructor: _constructor,
    ...others
  } = Object.getOwnPropertyDescriptors(prototype ?? {}) as Record<
    string,
    PropertyDescriptor | undefined
  >;
  return schema?.get !== undefined && schema.set !== undefined && Object.keys(others).length === 0;
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

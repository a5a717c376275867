import { textOf } from '../../core/foreign-values';
import { currentNode, storage } from '../../core/context';
import { follow } from '../../core/promises';
import type { RecordedNode } from '../../core/recorded-node';
import { Subsegment } from '../../core/subsegment';
import { whenPackageLoaded } from '../loaded-copies';
import { ownerOf, patchMethod, type Method } from '../patch';
import { XrayConfigurationError } from '../../xray.errors';
import { sanitiseSql } from './sanitise-sql';

/** The members of pg's Client that are read here; pg's types may not be installed. */
interface Client {
  user?: string;
  host?: string;
  port?: number;
  database?: string;
  connection?: { on(event: 'parameterStatus', listener: (message: unknown) => void): void };
}

interface PgModule {
  Client?: { prototype?: { query?: Method; connect?: Method } };
  Pool?: { prototype?: object };
}

type Callback = (this: unknown, error: unknown, result?: unknown, ...more: unknown[]) => unknown;

/** A query as callers may pass it: a config object, or an object with a `submit` method. */
interface Query {
  text?: unknown;
  name?: unknown;
  values?: unknown;
  callback?: unknown;
  submit?: unknown;
  on?: unknown;
  /** Called by pg on objects with a `submit` method. */
  handleError?: unknown;
  /** Where a stream stores its query. */
  cursor?: Query;
}

const serverVersions = new WeakMap<Client, string>();

/** Records each query of every copy of `pg` that the application loads as an `sql` subsegment. */
export function instrumentPg(): void {
  whenPackageLoaded('pg', '/pg/lib/index.js', (module) => instrument(module as PgModule));
}

/**
 * Records the queries of the given copies of `pg`. Needed in a bundle, where pg cannot be detected.
 *
 * @throws XrayConfigurationError when an argument is not the module `pg`
 * @example
 * import * as pg from 'pg';
 * capturePg([pg]); // in main.ts, before the application is created
 */
export function capturePg(modules: readonly unknown[]): void {
  for (const module of modules as PgModule[]) {
    if (!instrument(module)) {
      throw new XrayConfigurationError(
        "capturePg() cannot record queries: its argument is not the module 'pg'. " +
          "Use import * as pg from 'pg', then capturePg([pg]).",
      );
    }
    captured = true;
  }
}

let captured = false;
let found = false;

/** Whether there is a `pg` in this process whose queries are recorded. */
export function pgFound(): boolean {
  return found;
}

/** Whether capturePg() was called in this process. */
export function pgCaptured(): boolean {
  return captured;
}

/** Patches pg's Client and Pool: pg has no diagnostics channel. False if `module` is not pg. */
function instrument(module: PgModule | undefined): boolean {
  const client = module?.Client?.prototype;
  if (typeof client?.query !== 'function') return false;
  found = true;
  patchMethod(client, 'query', tracedQuery);
  patchMethod(client, 'connect', watchedConnect);
  // module.Pool is a subclass of the Pool of pg-pool, which defines the method.
  const pool = module?.Pool?.prototype && ownerOf(module.Pool.prototype, 'connect');
  if (pool) patchMethod(pool, 'connect', boundConnect);
  return true;
}

function tracedQuery(original: Method) {
  return function query(this: Client, ...args: unknown[]): unknown {
    // aws-xray-sdk-postgres stores the original method there; it records this query itself.
    const parent = '__query' in this ? undefined : currentNode();
    const subsegment = parent && open(parent, this, args);
    if (!subsegment) return Reflect.apply(original, this, args);
    try {
      return watch(subsegment, parent, args, () => Reflect.apply(original, this, args));
    } catch (thrown) {
      subsegment.close(thrown);
      throw thrown;
    }
  };
}

/** pg reports the version of the server only while it connects. */
function watchedConnect(original: Method) {
  return function connect(this: Client, ...args: unknown[]): unknown {
    try {
      this.connection?.on('parameterStatus', (message) => {
        const { parameterName, parameterValue } = message as Record<string, unknown>;
        if (parameterName === 'server_version') {
          serverVersions.set(this, String(parameterValue).slice(0, 100));
        }
      });
    } catch {
      // The version is not recorded.
    }
    return Reflect.apply(original, this, args);
  };
}

/** Restores the context of a caller that waited for a free client. */
function boundConnect(original: Method) {
  return function connect(this: unknown, ...args: unknown[]): unknown {
    const active = storage.getStore();
    const [callback] = args;
    if (active !== undefined && typeof callback === 'function') {
      args[0] = (...results: unknown[]) =>
        storage.run(active, callback as (...results: unknown[]) => unknown, ...results);
    }
    return Reflect.apply(original, this, args);
  };
}

function open(parent: RecordedNode, client: Client, args: unknown[]): Subsegment | undefined {
  const { owner } = parent.root;
  try {
    const first = args[0] as Query | string | null | undefined;
    const given = (typeof first === 'string' ? { text: first } : first) ?? {};
    const query = given.cursor ?? given;
    const { host = 'unknown', database = 'unknown', port = 5432, user } = client;
    const text = typeof query.text === 'string' ? query.text : '';
    if (!owner.outgoing?.wants('sql', { text, database, host })) return undefined;

    const subsegment = new Subsegment(`${database}@${host}`, parent);
    subsegment.namespace = 'remote';
    subsegment.sql = {
      url: `postgresql://${host.includes(':') ? `[${host}]` : host}:${port}/${database}`,
      database_type: 'PostgreSQL',
    };
    const version = serverVersions.get(client);
    if (version !== undefined) subsegment.sql.database_version = version;
    if (user) subsegment.sql.user = user;
    if (owner.outgoing.sqlText && text !== '') {
      subsegment.sql.sanitized_query = sanitiseSql(text);
    }
    if (/^\s*call\b/i.test(text.slice(0, 200))) subsegment.sql.preparation = 'call';
    else if (query.name || query.values || Array.isArray(args[1])) {
      subsegment.sql.preparation = 'statement';
    }
    return subsegment;
  } catch (problem) {
    owner.warn('capture-pg', `A query could not be traced: ${textOf(problem)}`);
    return undefined;
  }
}

/** Runs the query and closes `subsegment` at its end: by callback, event or promise. */
function watch(
  subsegment: Subsegment,
  parent: RecordedNode,
  args: unknown[],
  run: () => unknown,
): unknown {
  const [first] = args;
  const at = args.findLastIndex((arg) => typeof arg === 'function');
  if (at > 0) {
    args[at] = closing(subsegment, parent, args[at] as Callback);
    return run();
  }
  if (typeof first === 'object' && first !== null) {
    const query = first as Query;
    if (typeof query.callback === 'function') {
      const callback = closing(subsegment, parent, query.callback as Callback);
      if (typeof query.submit === 'function') query.callback = callback;
      else args[0] = Object.create(query, { callback: { value: callback, writable: true } });
      return run();
    }
    if (typeof query.submit === 'function') {
      closeOnEvents(subsegment, query);
      return run();
    }
  }
  const result = run();
  if (typeof (result as Promise<unknown> | undefined)?.then !== 'function') {
    subsegment.close();
    return result;
  }
  // No other code has this promise yet, so a chained one can replace it, and an unhandled
  // rejection is still reported.
  return follow(
    result as Promise<unknown>,
    () => subsegment.close(),
    (thrown) => subsegment.close(thrown),
  );
}

function closing(subsegment: Subsegment, parent: RecordedNode, callback: Callback): Callback {
  return function (this: unknown, error, ...results) {
    subsegment.close(error);
    return storage.run(parent, () => Reflect.apply(callback, this, [error, ...results]));
  };
}

/** Cursors and streams: not every error is emitted, and a stream's may come from its reader. */
function closeOnEvents(subsegment: Subsegment, query: Query): void {
  if (typeof query.on !== 'function') return subsegment.close();
  const { handleError } = query;
  if (typeof handleError === 'function') {
    query.handleError = (...args: unknown[]): unknown => {
      subsegment.close(args[0]);
      return Reflect.apply(handleError, query, args) as unknown;
    };
  }
  const on = query.on.bind(query) as (event: string, listener: () => void) => void;
  on('end', () => subsegment.close());
  on('close', () => subsegment.close());
}

import { resolve } from 'node:path';

/** What Cruddur takes from the environment, read once at the start. */
export interface CruddurConfig {
  /** `HOST`, default 127.0.0.1. */
  host: string;
  /** `PORT`, default 4567, as in the bootcamp. */
  port: number;
  /** `DATABASE_URL`; undefined means the embedded database. */
  databaseUrl: string | undefined;
  /** `CRUDDUR_DATA_DIR`, default `.data` in the working directory: where the embedded databases live. */
  dataDirectory: string;
  /** `NOTIFICATIONS_HOST` and `NOTIFICATIONS_PORT`, default 127.0.0.1:4568. */
  notifications: { host: string; port: number };
  /**
   * `XRAY_VIEWER_URL`, default: local X-Ray at the daemon's address. The trace id replaces
   * `{traceId}` (or `{otelTraceId}`), or is appended as `/traces/<id>` where there is no such placeholder.
   */
  viewerUrl: string;
  /**
   * `CRUDDUR_SAMPLING`: `all` (default) records every request, because a demo is there to be seen;
   * `central` follows the sampling rules that X-Ray has, as made by `npm run aws:setup`.
   */
  sampling: 1 | 'central';
  /** `ROLLBAR_ACCESS_TOKEN`; undefined leaves Rollbar out altogether. */
  rollbarToken: string | undefined;
  /** `ROLLBAR_ENDPOINT`, default Rollbar's own. */
  rollbarEndpoint: string | undefined;
}

/** Injects the {@link CruddurConfig}. */
export const CRUDDUR_CONFIG = Symbol('cruddur.config');

/** A variable that cannot be used; the message names it, its value and what would do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the variables of {@link CruddurConfig}. @throws ConfigError on a value that cannot be used. */
export function readConfig(env: NodeJS.ProcessEnv = process.env): CruddurConfig {
  return {
    host: text(env, 'HOST') ?? '127.0.0.1',
    port: port(env, 'PORT', 4567),
    databaseUrl: databaseUrl(env),
    dataDirectory: resolve(text(env, 'CRUDDUR_DATA_DIR') ?? '.data'),
    notifications: {
      host: text(env, 'NOTIFICATIONS_HOST') ?? '127.0.0.1',
      port: port(env, 'NOTIFICATIONS_PORT', 4568),
    },
    viewerUrl: text(env, 'XRAY_VIEWER_URL') ?? `http://${daemonTcpAddress(env)}`,
    sampling: sampling(env),
    rollbarToken: text(env, 'ROLLBAR_ACCESS_TOKEN'),
    rollbarEndpoint: text(env, 'ROLLBAR_ENDPOINT'),
  };
}

/** Compose files pass an unset variable on as an empty one, so empty counts as unset. */
function text(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** A password may be in it, so the message leaves the value out. */
function databaseUrl(env: NodeJS.ProcessEnv): string | undefined {
  const value = text(env, 'DATABASE_URL');
  // A folder, with a database after a space, is a server's socket: https://node-postgres.com/features/connecting
  if (value === undefined || /^(postgres(ql)?:\/\/|socket:|\/)/.test(value)) return value;
  throw new ConfigError(
    'Cruddur cannot use DATABASE_URL: it is not the address of a PostgreSQL server. ' +
      'Write it like postgresql://user:password@host:5432/database, or unset it for the embedded database.',
  );
}

function port(env: NodeJS.ProcessEnv, name: string, otherwise: number): number {
  const value = text(env, name);
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (Number.isInteger(number) && number >= 0 && number <= 65_535) return number;
  throw new ConfigError(
    `Cruddur cannot listen on ${name}=${value}: it is not a port. Set ${name} to a number from 0 to 65535 (0 picks a free one).`,
  );
}

function sampling(env: NodeJS.ProcessEnv): CruddurConfig['sampling'] {
  const value = text(env, 'CRUDDUR_SAMPLING') ?? 'all';
  if (value === 'all') return 1;
  if (value === 'central') return value;
  throw new ConfigError(
    `Cruddur does not know CRUDDUR_SAMPLING=${value}. Set it to all, or to central for X-Ray's sampling rules.`,
  );
}

/** `host:port`, or the `tcp:` half of `tcp:host:port udp:host:port`, as AWS's SDKs read it. */
function daemonTcpAddress(env: NodeJS.ProcessEnv): string {
  const address = text(env, 'AWS_XRAY_DAEMON_ADDRESS') ?? '127.0.0.1:2000';
  return /tcp:(\S+)/.exec(address)?.[1] ?? address;
}

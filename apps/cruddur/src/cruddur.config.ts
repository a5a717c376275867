import { resolve } from 'node:path';

/** Cruddur's settings, read from the environment once at startup. */
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
  /** `ROLLBAR_ACCESS_TOKEN`; undefined turns Rollbar off. */
  rollbarToken: string | undefined;
  /** `ROLLBAR_ENDPOINT`, default Rollbar's own. */
  rollbarEndpoint: string | undefined;
}

/** Injects the {@link CruddurConfig}. */
export const CRUDDUR_CONFIG = Symbol('cruddur.config');

/** An invalid variable; the message gives its name, its value and what is allowed. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Reads the variables of {@link CruddurConfig}. @throws ConfigError for an invalid value. */
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

/** An empty variable counts as unset: compose files pass unset variables as empty. */
function text(env: NodeJS.ProcessEnv, name: string): string | undefined {
  return env[name]?.trim() || undefined;
}

/** The message does not contain the value, since it may include a password. */
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

/** Parses `host:port`, or the `tcp:` part of `tcp:host:port udp:host:port`, like AWS's SDKs. */
function daemonTcpAddress(env: NodeJS.ProcessEnv): string {
  const address = text(env, 'AWS_XRAY_DAEMON_ADDRESS') ?? '127.0.0.1:2000';
  return /tcp:(\S+)/.exec(address)?.[1] ?? address;
}

import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

export const DEFAULT_ADDRESS = '127.0.0.1:2000';
export const DEFAULT_DATABASE = join('.data', 'xray.db');

/** Settings of local X-Ray. Each has a default; `resolveOptions` fills them in. */
export interface LocalXrayOptions {
  /** `host:port` for UDP and TCP; port 0 picks a free port. Default `XRAY_LOCAL_ADDRESS`, else `127.0.0.1:2000`. */
  address?: string;
  /** SQLite file or `:memory:`. Default `XRAY_LOCAL_DB`, else `.data/xray.db`. */
  database?: string;
  /** Apply AWS's limits: 30-day ids, 64 kB documents, 50 annotations, 5 ids a batch, 6 h graphs. Default false. */
  strict?: boolean;
  retention?: {
    /** Seconds after which a trace is deleted; default 7 days. */
    seconds?: number;
    /** Size of the database above which the oldest traces are deleted; default 1 GB. */
    bytes?: number;
  };
  /** Rate and reservoir of the Default sampling rule: `all` (1.0) or AWS's `aws` (1 a second and 5 %). Default `all`. */
  defaultSampling?: 'all' | 'aws';
  /** Folder of the built viewer. */
  viewer?: string;
  /** Host names, besides local ones, under which requests are accepted. Default `XRAY_LOCAL_ALLOWED_HOSTS`, separated by commas. */
  allowedHosts?: string[];
  /** Where to forward everything that arrives: `aws`, `https://…` for an X-Ray endpoint, `udp://host:port` for a daemon, `http://host:4318/v1/traces` for a collector. */
  forward?: string;
  /**
   * OpenTelemetry attributes that become annotations, so that filter expressions find them: `own` for those that the
   * application named itself, `all`, `none`, or names, which may end in `*`. Default `own`; with `strict`, none.
   */
  indexAttributes?: string[];
  /** A further `host:port` that accepts OTLP over HTTP, or `off`. Default `XRAY_LOCAL_OTLP_HTTP`, else off. */
  otlpHttp?: string;
  /** A `host:port` that accepts OTLP over gRPC, or `off`. Default `XRAY_LOCAL_OTLP_GRPC`, else off. */
  otlpGrpc?: string;
  /**
   * Accept OTLP on OpenTelemetry's default ports 4318 (HTTP) and 4317 (gRPC) if they are free and no other address is
   * set. Default false; the command line sets it.
   */
  standardOtlpPorts?: boolean;
  /**
   * Folders of source files from which the console may show excerpts. Default: the current folder if it has a
   * package.json, the address is a loopback address, and NODE_ENV is not `production`.
   */
  sources?: string[];
  /** Link that opens a source line in an editor; `{path}` and `{line}` are replaced. */
  editorLink?: string;
}

export interface OtlpAddress {
  host: string;
  port: number;
  /** A default, not a configured address: if it is not available, local X-Ray runs without it. */
  optional: boolean;
}

export interface ResolvedOptions {
  host: string;
  port: number;
  database: string;
  strict: boolean;
  retentionSeconds: number;
  retentionBytes: number;
  defaultSampling: 'all' | 'aws';
  viewer: string;
  allowedHosts: string[];
  forward: string | undefined;
  indexAttributes: string[];
  otlpHttp: OtlpAddress | undefined;
  otlpGrpc: OtlpAddress | undefined;
  sources: string[];
  editorLink: string;
}

const WEEK_SECONDS = 7 * 24 * 3600;
const GIGABYTE = 1e9;

/** @throws OptionError with the name of the invalid option. */
export function resolveOptions(
  options: LocalXrayOptions = {},
  env: NodeJS.ProcessEnv = process.env,
): ResolvedOptions {
  const { host, port } = parseAddress(
    options.address ?? (env.XRAY_LOCAL_ADDRESS || DEFAULT_ADDRESS),
  );
  // With a free port, do not use the well-known OTLP ports either.
  const standardPorts = options.standardOtlpPorts === true && port !== 0;
  return {
    host,
    port,
    database: checkDatabase(options.database ?? (env.XRAY_LOCAL_DB || DEFAULT_DATABASE)),
    strict: options.strict ?? false,
    retentionSeconds: options.retention?.seconds ?? WEEK_SECONDS,
    retentionBytes: options.retention?.bytes ?? GIGABYTE,
    defaultSampling: options.defaultSampling ?? 'all',
    viewer: options.viewer ?? builtViewer(),
    allowedHosts: options.allowedHosts ?? env.XRAY_LOCAL_ALLOWED_HOSTS?.split(/[\s,]+/) ?? [],
    forward: checkForward(options.forward),
    indexAttributes: options.indexAttributes ?? (options.strict ? [] : ['own']),
    otlpHttp: otlpAddress(
      'XRAY_LOCAL_OTLP_HTTP or --otlp-http',
      options.otlpHttp ?? env.XRAY_LOCAL_OTLP_HTTP,
      standardPorts ? { host, port: 4318 } : undefined,
    ),
    otlpGrpc: otlpAddress(
      'XRAY_LOCAL_OTLP_GRPC or --otlp-grpc',
      options.otlpGrpc ?? env.XRAY_LOCAL_OTLP_GRPC,
      standardPorts ? { host, port: 4317 } : undefined,
    ),
    sources: (options.sources ?? ownFolder(host, env)).map((folder) => resolve(folder)),
    editorLink: options.editorLink ?? 'vscode://file/{path}:{line}',
  };
}

/** The current folder, if it looks like the project that is being worked on. */
function ownFolder(host: string, env: NodeJS.ProcessEnv): string[] {
  const here = process.cwd();
  const local = /^(127\.|localhost$|::1$)/.test(host) && env.NODE_ENV !== 'production';
  return local && existsSync(join(here, 'package.json')) ? [here] : [];
}

/**
 * In the package for npm the viewer is beside the program. In this repository it is built to
 * dist/apps/viewer, and this file runs from libs/local-xray/src/options, below dist or not.
 */
function builtViewer(): string {
  const beside = join(__dirname, 'viewer', 'index.html');
  if (existsSync(beside)) return dirname(beside);
  const root = join(__dirname, '..', '..', '..', '..');
  return root.endsWith('dist')
    ? join(root, 'apps', 'viewer')
    : join(root, 'dist', 'apps', 'viewer');
}

/** Rejects an empty name: SQLite would create a temporary file for one connection only. */
function checkDatabase(file: string): string {
  if (file.trim() !== '') return file;
  throw new OptionError('--db is empty. Give the name of a file, or :memory: to keep nothing.');
}

function checkForward(target: string | undefined): string | undefined {
  if (target === undefined || target === 'aws') return target;
  if (/^https?:\/\/[^/]/.test(target) && URL.canParse(target)) return target;
  if (target.startsWith('udp://')) {
    parseAddress(target.slice(6), '--forward');
    return target;
  }
  throw new OptionError(
    `--forward does not accept "${target}". Write aws, https://host (an X-Ray endpoint), udp://host:port (a daemon) ` +
      'or http://host:4318/v1/traces (an OTLP collector).',
  );
}

/** @param standard OpenTelemetry's default port, to be tried if no address is set. */
function otlpAddress(
  option: string,
  value: string | undefined,
  standard: { host: string; port: number } | undefined,
): OtlpAddress | undefined {
  if (value === 'off') return undefined;
  if (value) return { ...parseAddress(value, option), optional: false };
  return standard && { ...standard, optional: true };
}

/** An option has an invalid value. */
export class OptionError extends Error {
  override name = 'OptionError';
}

/** Reads `host:port`, `[v6]:port`, or a port alone for the loopback address. */
export function parseAddress(
  address: string,
  option = 'XRAY_LOCAL_ADDRESS or --address',
): { host: string; port: number } {
  const match = /^(?:(?:\[([0-9a-f:.]+)\]|([\w.-]+)):)?(\d{1,5})$/i.exec(address.trim());
  const port = Number(match?.[3]);
  if (!match || port > 65535) {
    throw new OptionError(
      `${option} is "${address}", which is not a valid host:port${port > 65535 ? ': ports end at 65535' : ''}. Write it like 127.0.0.1:2000.`,
    );
  }
  return { host: match[1] ?? match[2] ?? '127.0.0.1', port };
}

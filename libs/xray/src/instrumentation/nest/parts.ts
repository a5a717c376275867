import type { Warn } from '../../core/warn-once';
import {
  importedByEsModule,
  inBundle,
  loadedFrom,
  seesLaterLoads,
  whenLoaded,
} from '../loaded-copies';

/**
 * A class of Nest with undocumented methods that this package wraps. All of them are listed in this
 * file. If a package is loaded but lacks the class or a method, a warning says what is not recorded.
 */
export interface NestPart {
  package: keyof typeof packages;
  /** The file within the package, without extension. */
  file: string;
  name: string;
  methods: readonly string[];
  /** What is not recorded if it is missing; part of the warning. */
  without: string;
  /** Loads the copy that this package resolves to; in a bundle, the application's copy. */
  load(): unknown;
}

/*
 * Each require() has a literal path, so that a bundler uses the application's copy, and its own
 * `try`, by which bundlers recognise an optional package.
 */
/* eslint-disable @typescript-eslint/no-require-imports */

const packages = {
  '@nestjs/core': () => true,
  '@nestjs/microservices': () => {
    try {
      return require('@nestjs/microservices') as unknown;
    } catch {
      return undefined;
    }
  },
  '@nestjs/websockets': () => {
    try {
      return require('@nestjs/websockets') as unknown;
    } catch {
      return undefined;
    }
  },
};

export const exceptionsHandler: NestPart = {
  package: '@nestjs/core',
  file: 'exceptions/exceptions-handler',
  name: 'ExceptionsHandler',
  methods: ['next', 'setCustomFilters'],
  without: 'what HTTP requests throw in guards, pipes and middleware is not recorded',
  load() {
    try {
      return require('@nestjs/core/exceptions/exceptions-handler') as unknown;
    } catch {
      return undefined;
    }
  },
};

export const applicationContext: NestPart = {
  package: '@nestjs/core',
  file: 'nest-application-context',
  name: 'NestApplicationContext',
  methods: [
    'callInitHook',
    'callBootstrapHook',
    'callDestroyHook',
    'callBeforeShutdownHook',
    'callShutdownHook',
  ],
  without: "with contextMissing 'error', what lifecycle hooks call throws for want of a segment",
  load() {
    try {
      return require('@nestjs/core/nest-application-context') as unknown;
    } catch {
      return undefined;
    }
  },
};

export const interceptorsConsumer: NestPart = {
  package: '@nestjs/core',
  file: 'interceptors/interceptors-consumer',
  name: 'InterceptorsConsumer',
  methods: ['intercept'],
  without: 'requests are recorded, but Nest spends some 60 µs more on each',
  load() {
    try {
      return require('@nestjs/core/interceptors/interceptors-consumer') as unknown;
    } catch {
      return undefined;
    }
  },
};

export const routerResponseController: NestPart = {
  package: '@nestjs/core',
  file: 'router/router-response-controller',
  name: 'RouterResponseController',
  methods: ['sse'],
  without: 'an error that ends a stream of @Sse() is not recorded',
  load() {
    try {
      return require('@nestjs/core/router/router-response-controller') as unknown;
    } catch {
      return undefined;
    }
  },
};

export const rpcContextCreator: NestPart = {
  package: '@nestjs/microservices',
  file: 'context/rpc-context-creator',
  name: 'RpcContextCreator',
  methods: ['create'],
  without: 'messages of microservices get no segment',
  load() {
    try {
      return require('@nestjs/microservices/context/rpc-context-creator') as unknown;
    } catch {
      return undefined;
    }
  },
};

export const rpcProxy: NestPart = {
  package: '@nestjs/microservices',
  file: 'context/rpc-proxy',
  name: 'RpcProxy',
  methods: ['handleError'],
  without: 'what message handlers throw is recorded only as their exception filters change it',
  load() {
    try {
      return require('@nestjs/microservices/context/rpc-proxy') as unknown;
    } catch {
      return undefined;
    }
  },
};

export const wsContextCreator: NestPart = {
  package: '@nestjs/websockets',
  file: 'context/ws-context-creator',
  name: 'WsContextCreator',
  methods: ['create'],
  without: 'WebSocket events get no segment',
  load() {
    try {
      return require('@nestjs/websockets/context/ws-context-creator') as unknown;
    } catch {
      return undefined;
    }
  },
};

export const wsProxy: NestPart = {
  package: '@nestjs/websockets',
  file: 'context/ws-proxy',
  name: 'WsProxy',
  methods: ['handleError'],
  without: 'what handlers of WebSocket events throw is recorded only as their filters change it',
  load() {
    try {
      return require('@nestjs/websockets/context/ws-proxy') as unknown;
    } catch {
      return undefined;
    }
  },
};

/* eslint-enable @typescript-eslint/no-require-imports */

/** The client or server class of a transport, exported by @nestjs/microservices. */
export function transportPart(name: string, methods: readonly string[], without: string): NestPart {
  const [, kind = '', transport = ''] = /^(Client|Server)(\w+?)(?:Proxy)?$/.exec(name) ?? [];
  const file = `${kind}/${kind}-${transport}`.toLowerCase();
  const load = packages['@nestjs/microservices'];
  return { package: '@nestjs/microservices', file, name, methods, without, load };
}

/**
 * Whether Nest's optional packages may be loaded here if they are installed. True in a bundle, which
 * contains them anyway, and where it cannot be detected which packages the application has loaded.
 */
let mayLoad = inBundle || !seesLaterLoads || importedByEsModule;

/** Callbacks for parts of packages that are not loaded yet, by package and part name. */
const pending = new Map<string, Map<string, () => void>>();

/** Call this for an HTTP application: Nest itself loads its optional packages then. */
export function nestLoadsItsPackages(): void {
  mayLoad = true;
  for (const name of pending.keys()) takePending(name);
}

function takePending(name: string): void {
  const parts = pending.get(name);
  pending.delete(name);
  for (const take of parts?.values() ?? []) take();
}

/**
 * Calls `use` with the prototype of `part` in every loaded copy of its package: the one that this
 * package resolves to, and any other that the application loads, as happens with linked packages. A
 * package that is not loaded yet is patched when the application loads it.
 */
export function eachPrototype(part: NestPart, warn: Warn, use: (prototype: object) => void): void {
  const { name, file, methods } = part;
  let found = false;
  const take = (module: unknown): void => {
    const { prototype } = (module as Classes | undefined)?.[name] ?? {};
    if (prototype === undefined || !hasAll(prototype, methods)) return;
    found = true;
    use(prototype);
  };
  whenLoaded(`/${part.package}/${file}.js`, take);
  const ours = (): void => {
    if (found && part.package !== '@nestjs/core' && seesLaterLoads && !inBundle) return;
    take(part.load());
    if (!found && packages[part.package]() !== undefined) warn(`part:${name}`, missing(part));
  };
  if (mayLoad || part.package === '@nestjs/core' || isLoaded(part.package)) return ours();
  const parts = pending.get(part.package) ?? new Map<string, () => void>();
  pending.set(part.package, parts.set(name, ours));
  // When an ES-module package is required, only its entry file can be detected.
  whenLoaded(entryOf(part.package), () => takePending(part.package));
}

function isLoaded(name: string): boolean {
  return loadedFrom(entryOf(name)).length > 0;
}

function entryOf(name: string): string {
  return `/${name}/index.js`;
}

type Classes = Record<string, { prototype?: object } | undefined>;

function hasAll(prototype: object, methods: readonly string[]): boolean {
  return methods.every((method) => typeof Reflect.get(prototype, method) === 'function');
}

function missing({ name, methods, file, without, ...part }: NestPart): string {
  return (
    `Could not find ${methods.map((method) => `${name}.${method}`).join(', ')} in ` +
    `${part.package}/${file}: ${without}. This version of Nest may be newer than this version of ` +
    'nestjs-xray, so look for a newer one; in a bundle, leave the file in.'
  );
}

import type { Warn } from '../../core/warn-once';
import {
  importedByEsModule,
  inBundle,
  loadedFrom,
  seesLaterLoads,
  whenLoaded,
} from '../loaded-copies';

/**
 * The classes of Nest's that this package wraps methods of. None of these methods is documented,
 * so this is the one place that names them. Where a package is loaded and its part is missing,
 * a warning says what is not recorded for it.
 */
export interface NestPart {
  package: keyof typeof packages;
  /** Its file within the package. */
  file: string;
  name: string;
  methods: readonly string[];
  /** What is not recorded without it. */
  without: string;
  /** The copy that this package gets, which in a bundle is the application's. */
  load(): unknown;
}

/*
 * Each require() names its file literally, so that a bundler takes the same copy as for the
 * application; and stands in a `try` of its own, which is how bundlers know that a package may be
 * missing.
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

/** A client or server of a transport, which @nestjs/microservices exports; its methods are not documented. */
export function transportPart(name: string, methods: readonly string[], without: string): NestPart {
  const [, kind = '', transport = ''] = /^(Client|Server)(\w+?)(?:Proxy)?$/.exec(name) ?? [];
  const file = `${kind}/${kind}-${transport}`.toLowerCase();
  const load = packages['@nestjs/microservices'];
  return { package: '@nestjs/microservices', file, name, methods, without, load };
}

/**
 * Whether optional packages of Nest's may be loaded here where they are installed: a bundle has them in
 * any case, and in the other two cases it can't be seen which of them the application has loaded.
 */
let mayLoad = inBundle || !seesLaterLoads || importedByEsModule;

/** What to do with parts of packages that nobody has loaded so far, by package and the part's name. */
const pending = new Map<string, Map<string, () => void>>();

/** Tells that there is an HTTP application: Nest itself loads its optional packages for that. */
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
 * Calls `use` with each prototype that has the methods of `part`, in every copy of its package: ours,
 * and those that the application has loaded besides, as it does where packages are linked. A package
 * that nobody has loaded is left alone until somebody does.
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
  // Of a package of ES modules, the file that was required is all that can be seen.
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

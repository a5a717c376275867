import { readFileSync } from 'node:fs';
import type { InspectorNotification, Runtime, Debugger, Session } from 'node:inspector';
import { SourceMap, type SourceMapPayload } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Where a class was written: in the application, in a package, or unknown. */
export type Origin = 'application' | 'package' | 'unknown';

interface Place {
  file: string;
  /** Zero-based, as in V8. */
  line: number;
  column: number;
}

/**
 * Finds out where each of `classes` comes from. The location is read from V8 through the inspector
 * and works for CommonJS and ES modules. Takes a few milliseconds, once at startup.
 *
 * For a bundle, the source map is used, or the paths that esbuild writes above each file.
 */
export function originsOf(classes: readonly object[]): Origin[] {
  if (classes.length === 0) return [];
  try {
    const bundles = new Map<string, Bundle>();
    return placesOf(classes).map((place) => (place ? originOf(place, bundles) : 'unknown'));
  } catch {
    // Node was built without an inspector.
    return classes.map(() => 'unknown');
  }
}

const IN_PACKAGES = /(^|[/\\])node_modules[/\\]/;

function originOf(place: Place, bundles: Map<string, Bundle>): Origin {
  if (IN_PACKAGES.test(place.file)) return 'package';
  let bundle = bundles.get(place.file);
  if (bundle === undefined) bundles.set(place.file, (bundle = new Bundle(place.file)));
  const source = bundle.sourceOf(place);
  if (source !== undefined) return IN_PACKAGES.test(source) ? 'package' : 'application';
  return bundle.hasPackages ? 'unknown' : 'application';
}

/** A file of the application, which may contain many source files. */
class Bundle {
  /** Whether it seems to contain packages as well. */
  readonly hasPackages: boolean;
  private readonly lines: string[];
  private readonly map: SourceMap | undefined;

  constructor(file: string) {
    const text = readFileSync(file, 'utf8');
    this.lines = text.split('\n');
    // Code that no application writes itself: the key under which Nest stores the providers of a
    // module.
    this.hasPackages = /design:paramtypes/.test(text) && /self:paramtypes/.test(text);
    this.map = this.hasPackages ? sourceMapOf(file, text) : undefined;
  }

  sourceOf({ line, column }: Place): string | undefined {
    if (!this.hasPackages) return undefined;
    const entry = this.map?.findEntry(line, column);
    if (entry && 'originalSource' in entry) return entry.originalSource;
    for (let at = line; at >= 0; at--) {
      const path = /^\s*;?\/\/ (\S+\.[cm]?[jt]sx?)$/.exec(this.lines[at]!.slice(0, 500))?.[1];
      if (path !== undefined) return path;
    }
    return undefined;
  }
}

function sourceMapOf(file: string, text: string): SourceMap | undefined {
  const url = /\/\/# sourceMappingURL=(\S+)\s*$/.exec(text.slice(-1_000))?.[1] ?? `${file}.map`;
  try {
    const payload = readFileSync(join(dirname(file), url.replace(/^.*\//, '')), 'utf8');
    return new SourceMap(JSON.parse(payload) as SourceMapPayload);
  } catch {
    return undefined;
  }
}

/**
 * Makes the classes reachable for the inspector: registered symbols are the same in every context.
 */
const HELD = 'nestjs-xray.classes';

function placesOf(classes: readonly object[]): (Place | undefined)[] {
  const holder = globalThis as { [key: symbol]: unknown };
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { Session: Inspector } = require('node:inspector') as { Session: new () => Session };
  const session = new Inspector();
  session.connect();
  try {
    holder[Symbol.for(HELD)] = classes;
    return places(session, classes.length);
  } finally {
    Reflect.deleteProperty(holder, Symbol.for(HELD));
    session.disconnect();
  }
}

function places(session: Session, count: number): (Place | undefined)[] {
  const context = contextsOf(session).find(
    (id) => evaluate(session, id, 'length')?.value === count,
  );
  const locations = Array.from({ length: count }, (_, at) => {
    const objectId = context && evaluate(session, context, String(at))?.objectId;
    return objectId ? locationOf(session, objectId) : undefined;
  });
  const scripts = locations.flatMap((location) => location?.scriptId ?? []);
  if (scripts.some((id) => !urls.has(id))) findUrls(session, new Set(scripts));
  return locations.map((location) => {
    const url = location && urls.get(location.scriptId);
    if (!url) return undefined;
    const file = url.startsWith('file:') ? fileURLToPath(url) : url;
    return { file, line: location.lineNumber, column: location.columnNumber ?? 0 };
  });
}

function contextsOf(session: Session): number[] {
  const contexts: number[] = [];
  session.on(
    'Runtime.executionContextCreated',
    ({ params }: InspectorNotification<Runtime.ExecutionContextCreatedEventDataType>) => {
      contexts.push(params.context.id);
    },
  );
  // A session in the same thread answers before `post` returns.
  session.post('Runtime.enable');
  return contexts;
}

/** The URLs of the scripts in which classes were found. V8 uses no id twice. */
const urls = new Map<string, string>();

/**
 * V8 names a script only while it lists every script of the process, thousands of them. Tests start
 * one application after another from the same files, which are looked up once.
 */
function findUrls(session: Session, scripts: Set<string>): void {
  session.on(
    'Debugger.scriptParsed',
    ({ params }: InspectorNotification<Debugger.ScriptParsedEventDataType>) => {
      if (scripts.has(params.scriptId)) urls.set(params.scriptId, params.url);
    },
  );
  session.post('Debugger.enable');
  session.post('Debugger.disable');
}

function evaluate(session: Session, contextId: number, member: string) {
  let result: Runtime.RemoteObject | undefined;
  const expression = `globalThis[Symbol.for('${HELD}')]?.[${JSON.stringify(member)}]`;
  session.post('Runtime.evaluate', { expression, contextId }, (_problem, answer) => {
    result = answer?.result;
  });
  return result;
}

function locationOf(session: Session, objectId: string): Debugger.Location | undefined {
  let location: Debugger.Location | undefined;
  session.post('Runtime.getProperties', { objectId, ownProperties: true }, (_problem, answer) => {
    const found = answer?.internalProperties?.find(({ name }) => name === '[[FunctionLocation]]');
    location = found?.value?.value as Debugger.Location | undefined;
  });
  return location;
}

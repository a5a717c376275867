import type { InspectorNotification, Runtime, Debugger, Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';

/** Where a class is in the code that runs. */
export interface Place {
  file: string;
  /** Zero-based, as in V8. */
  line: number;
  column: number;
}

/**
 * Makes the classes reachable for the inspector: registered symbols are the same in every context.
 */
const HELD = 'nestjs-xray.classes';

/**
 * Reads from V8 where each of `classes` is, through the inspector. Works for CommonJS and ES modules,
 * and takes a few milliseconds. Throws if Node was built without an inspector.
 */
export function placesOf(classes: readonly object[]): (Place | undefined)[] {
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

import { storage } from '../core/context';
import { reasonOf } from '../core/foreign-values';
import { type RecorderLogger, WarnOnce } from '../core/warn-once';
import { XrayConfigurationError } from '../xray.errors';
import { createBeanstalk } from './beanstalk.plugin';
import { ec2 } from './ec2.plugin';
import { ecs } from './ecs.plugin';
import { createEks } from './eks.plugin';
import { QUESTION_MS, type Resource, type Plugin } from './plugin';
import { clearTimeout, setImmediate, setTimeout } from '../core/real-time';

/** How long one plugin may take: no plugin sends more than two requests in a row. */
const PLUGIN_MS = 2 * QUESTION_MS + 100;

const BUILT_IN = {
  ec2,
  ecs,
  eks: createEks(),
  'elastic-beanstalk': createBeanstalk(),
} satisfies Record<string, Plugin>;

export type BuiltInPlugin = keyof typeof BUILT_IN;

/** `plugins` contains an unknown name. Thrown at startup. */
export class UnknownPluginError extends XrayConfigurationError {
  constructor(name: string) {
    super(
      `There is no X-Ray plugin "${name}". Use ${Object.keys(BUILT_IN).join(', ')}, ` +
        'or an object with a name and describe().',
    );
    this.name = 'UnknownPluginError';
  }
}

/**
 * Asks all plugins at once where this process runs. The origin comes from the last one that knows,
 * as in AWS's SDKs. A plugin that fails is logged and ignored. Never rejects.
 *
 * @throws UnknownPluginError at once
 */
export function detectResource(
  plugins: readonly (BuiltInPlugin | Plugin)[],
  logger: RecorderLogger,
): Promise<Resource | undefined> {
  const chosen = plugins.map((plugin) => {
    if (typeof plugin !== 'string') return plugin;
    if (!Object.hasOwn(BUILT_IN, plugin)) throw new UnknownPluginError(plugin);
    return BUILT_IN[plugin];
  });
  // Run outside any trace: metadata requests must not appear as subsegments.
  return storage.run(undefined, async () => {
    // Wait until the application has started: before, it blocks the event loop and the time limits
    // run out.
    await new Promise((started) => setImmediate(started));
    const resources = await Promise.all(chosen.map((plugin) => describe(plugin, logger)));
    const found = resources.filter((resource) => resource !== undefined);
    if (found.length === 0) return undefined;
    return {
      origin: found.at(-1)!.origin,
      aws: Object.assign({}, ...found.map(({ aws }) => aws)) as Resource['aws'],
    };
  });
}

async function describe(plugin: Plugin, logger: RecorderLogger): Promise<Resource | undefined> {
  let timer: NodeJS.Timeout | undefined;
  // A plugin that hangs must not discard what the others found.
  const late = new Promise<never>((_, reject) => {
    const give = () => reject(new Error(`no answer in ${PLUGIN_MS} ms`));
    timer = setTimeout(give, PLUGIN_MS).unref();
  });
  try {
    return await Promise.race([plugin.describe(), late]);
  } catch (problem) {
    new WarnOnce(logger).warn(
      plugin.name,
      `The X-Ray plugin "${plugin.name}" could not find out where this process runs: ${reasonOf(problem)}. ` +
        'Segments are sent without this information. Remove the plugin if it does not apply here.',
    );
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

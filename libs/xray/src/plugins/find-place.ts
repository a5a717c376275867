import { storage } from '../core/context';
import type { RecorderLogger } from '../core/warn-once';
import { XrayConfigurationError } from '../xray.errors';
import { createBeanstalk } from './beanstalk.plugin';
import { ec2 } from './ec2.plugin';
import { ecs } from './ecs.plugin';
import { createEks } from './eks.plugin';
import { QUESTION_MS, type Place, type Plugin } from './plugin';

/** How long one plugin may take: as long as two questions, which the longest has. */
const PLUGIN_MS = 2 * QUESTION_MS + 100;

const BUILT_IN = {
  ec2,
  ecs,
  eks: createEks(),
  'elastic-beanstalk': createBeanstalk(),
} satisfies Record<string, Plugin>;

export type BuiltInPlugin = keyof typeof BUILT_IN;

/** `plugins` names one that there is not; said at start-up. */
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
 * Asks the plugins, all at once, where this process runs; the origin is that of the last one that
 * knows, as in AWS's SDKs. One that fails is reported and left out. Never rejects.
 *
 * @throws UnknownPluginError at once
 */
export function findPlace(
  plugins: readonly (BuiltInPlugin | Plugin)[],
  logger: RecorderLogger,
): Promise<Place | undefined> {
  const chosen = plugins.map((plugin) => {
    if (typeof plugin !== 'string') return plugin;
    if (!Object.hasOwn(BUILT_IN, plugin)) throw new UnknownPluginError(plugin);
    return BUILT_IN[plugin];
  });
  // Whoever starts the application, its questions to metadata services are nobody's calls.
  return storage.run(undefined, async () => {
    const places = await Promise.all(chosen.map((plugin) => describe(plugin, logger)));
    const found = places.filter((place) => place !== undefined);
    if (found.length === 0) return undefined;
    return {
      origin: found.at(-1)!.origin,
      aws: Object.assign({}, ...found.map(({ aws }) => aws)) as Place['aws'],
    };
  });
}

async function describe(plugin: Plugin, logger: RecorderLogger): Promise<Place | undefined> {
  let timer: NodeJS.Timeout | undefined;
  // Of several plugins, one that hangs must not keep what the others found.
  const late = new Promise<never>((_, reject) => {
    const give = () => reject(new Error(`no answer in ${PLUGIN_MS} ms`));
    timer = setTimeout(give, PLUGIN_MS).unref();
  });
  try {
    return await Promise.race([plugin.describe(), late]);
  } catch (problem) {
    const why = problem instanceof Error ? problem.message : String(problem);
    try {
      logger.warn(
        `The X-Ray plugin "${plugin.name}" could not tell where this process runs: ${why}. ` +
          'Segments go without that; leave the plugin out where it does not apply.',
      );
    } catch {
      // A logger that throws must not take the application with it.
    }
    return undefined;
  } finally {
    clearTimeout(timer);
  }
}

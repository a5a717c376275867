import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * Loads an optional package, found from this file or from the working directory.
 *
 * A literal `require()` would make bundlers add it to every application that has it installed,
 * although hardly any needs it here: 1.3 MB of credential providers, for example.
 */
export function loadPeer(name: string): unknown {
  const here = typeof __filename === 'undefined' ? [] : [__filename];
  let problem: unknown;
  for (const from of [...here, join(process.cwd(), 'package.json')]) {
    try {
      return createRequire(from)(name);
    } catch (thrown) {
      problem ??= thrown;
    }
  }
  throw problem;
}

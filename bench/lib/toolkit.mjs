import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

const ROOT = new URL('../..', import.meta.url).pathname;
const BENCH = join(ROOT, 'bench');

/**
 * Builds and packs the toolkit as npm would publish it, and unpacks it into the bench's
 * node_modules, so that it uses the same copy of Nest as the other tracers.
 *
 * @param {string} [suffix] installs it as `nestjs-xray-<suffix>`, to compare a later build with it:
 *   the variant `lean@before` runs `nestjs-xray-before`
 * @returns {string} its version
 */
export function installToolkit(suffix) {
  const packed = join(BENCH, 'results', 'tmp');
  const target = join(BENCH, 'node_modules', suffix ? `nestjs-xray-${suffix}` : 'nestjs-xray');
  mkdirSync(packed, { recursive: true });
  const answer = execFileSync(
    'npm',
    [
      'pack',
      '--json',
      '--loglevel=error',
      '--workspace',
      'nestjs-xray',
      '--pack-destination',
      packed,
    ],
    { cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] },
  );
  // The output of the build precedes the JSON.
  const [{ filename }] = JSON.parse(answer.slice(answer.indexOf('[\n')));
  rmSync(target, { recursive: true, force: true });
  mkdirSync(target, { recursive: true });
  execFileSync('tar', ['-xzf', join(packed, filename), '-C', target, '--strip-components=1']);
  rmSync(packed, { recursive: true });
  return JSON.parse(readFileSync(join(target, 'package.json'), 'utf8')).version;
}

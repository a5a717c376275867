import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';

const BUILT = new URL('../../dist/apps/viewer', import.meta.url).pathname;

/** The total size in bytes of all files of the built page, each gzipped as by a server. */
export function pageSize(folder = BUILT) {
  if (!existsSync(join(folder, 'index.html'))) {
    throw new Error(`The viewer is not built: ${folder} has no index.html. Run npm run build.`);
  }
  const files = walk(folder).map((path) => {
    const content = readFileSync(path);
    return {
      file: relative(folder, path),
      bytes: content.length,
      gzipBytes: gzipSync(content, { level: 9 }).length,
    };
  });
  const sum = (key) => files.reduce((all, file) => all + file[key], 0);
  return {
    bytes: sum('bytes'),
    gzipBytes: sum('gzipBytes'),
    files: files.sort((a, b) => b.gzipBytes - a.gzipBytes),
  };
}

function walk(folder) {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    return statSync(path).isDirectory() ? walk(path) : [path];
  });
}

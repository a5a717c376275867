// Tells of changes in source folders.
import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/** An editor writes a file in several steps, and a change often spans several files. */
const QUIET_MS = 150;
/** Folders in which nothing is that could be built. */
const ignored = new Set(['dist', 'node_modules', 'test']);

/**
 * Calls `changed` once for each burst of changes in `folders` and below, until the returned function is called.
 *
 * One watch a folder, renewed after each burst because folders come and go: Node's own recursive watch
 * loses a file on Linux once git or an editor has put another in its place.
 */
export function watchFolders(folders, changed) {
  let watchers = [];
  let timer;
  const renew = () => {
    const before = watchers;
    watchers = folders.flatMap(below).map((folder) => watch(folder, later).on('error', later));
    for (const watcher of before) watcher.close();
  };
  const later = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      try {
        renew();
      } catch (problem) {
        if (problem.code !== 'ENOENT') throw problem;
        return later(); // a folder went away meanwhile
      }
      changed();
    }, QUIET_MS);
  };
  renew();
  return () => {
    clearTimeout(timer);
    for (const watcher of watchers) watcher.close();
  };
}

/** `folder` and every folder below it. */
function below(folder) {
  const inner = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !ignored.has(entry.name))
    .flatMap(({ name }) => below(join(folder, name)));
  return [folder, ...inner];
}

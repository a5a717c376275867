// Watches source folders for changes.
import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';

/** How long to wait for further changes: editors write files in several steps, and a change often spans several. */
const QUIET_MS = 150;
/** Folders without sources of a build. */
const ignored = new Set(['dist', 'node_modules', 'test']);

/**
 * Calls `changed` once for each burst of changes in `folders` and below, until the returned function is called.
 *
 * Uses one watcher per folder, renewed after each burst because folders come and go. Node's recursive watch loses a
 * file on Linux once git or an editor has replaced it.
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
        return later(); // a folder was removed meanwhile
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

/** `folder` and all folders below it. */
function below(folder) {
  const inner = readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !ignored.has(entry.name))
    .flatMap(({ name }) => below(join(folder, name)));
  return [folder, ...inner];
}

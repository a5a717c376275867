/** Calls `changed` once for each burst of changes in `folders` and below, until the returned function is called. */
export function watchFolders(folders: string[], changed: () => void): () => void;

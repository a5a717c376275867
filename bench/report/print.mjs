import {
  callTable,
  documentTable,
  lambdaTable,
  localXrayTables,
  memoryTable,
  requestTable,
  startUpTable,
  viewerTable,
} from './tables.mjs';

/** Prints the results to the terminal. */
export function printResults({ request, call, document, lambda, memory, viewer, ...others }) {
  const print = (title, text) => console.log(`\n${title}\n\n${text}`);
  if (request) print('Request', requestTable(request));
  for (const node of call?.nodes ?? []) print(`Call, Node ${node.version}`, callTable(node));
  if (document) print('Document', documentTable(document));
  if (others['start-up']) print('Start', startUpTable(others['start-up']));
  if (lambda) print('Lambda', lambdaTable(lambda));
  if (memory) print('Memory', memoryTable(memory));
  const localXray = others['local-xray'];
  if (localXray) print('Local X-Ray', localXrayTables(localXray));
  if (viewer) print('Page', viewerTable(viewer));
}

import { readFileSync, writeFileSync } from 'node:fs';
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

const TEMPLATE = new URL('performance.template.md', import.meta.url);
const PAGE = new URL('../../docs/performance.md', import.meta.url);

/** The blocks that the template can contain, each as `{{name}}` on its own line. */
const blocks = {
  request: ({ request }) => `${requestTable(request)}\n\n${when(request)}`,
  call: ({ call }) =>
    call.nodes
      .map((node) => `**Node ${node.version.slice(1)}**\n\n${callTable(node)}`)
      .join('\n\n') + `\n\n${when(call)}`,
  document: ({ document }) => `${documentTable(document)}\n\n${when(document)}`,
  'start-up': (results) => `${startUpTable(results['start-up'])}\n\n${when(results['start-up'])}`,
  lambda: ({ lambda }) => `${lambdaTable(lambda)}\n\n${when(lambda)}`,
  memory: ({ memory }) => `${memoryTable(memory)}\n\n${when(memory)}`,
  'local-xray': (results) =>
    `${localXrayTables(results['local-xray'])}\n\n${when(results['local-xray'])}`,
  viewer: ({ viewer }) => `${viewerTable(viewer)}\n\n${when(viewer)}`,
  versions: ({ request }) =>
    Object.entries(request.packages)
      .map(([name, version]) => `${name} ${version}`)
      .join(', ') + '.',
};

/** Formats the page as `npm run check` requires. prettier is a dependency of the root. */
async function format(page) {
  const prettier = await import('prettier');
  const options = await prettier.resolveConfig(PAGE.pathname);
  return prettier.format(page, { ...options, parser: 'markdown' });
}

/** Writes docs/performance.md from the template and the results. */
export async function writeReport(results) {
  const page = readFileSync(TEMPLATE, 'utf8').replace(/^\{\{([\w-]+)\}\}$/gm, (_, name) => {
    const block = blocks[name];
    if (!block)
      throw new Error(
        `${TEMPLATE.pathname} contains {{${name}}}, but there is no such block. Remove it, or add it to the blocks in report.mjs.`,
      );
    const section = name === 'versions' ? 'request' : name;
    if (results[section] === undefined) {
      return `_Not measured yet: \`npm run bench -- --only ${section}\`._`;
    }
    return block(results);
  });
  const notice =
    '<!-- Made by `npm run bench` from bench/report/performance.template.md: change that. -->\n';
  writeFileSync(PAGE, await format(notice + page));
  process.stderr.write(`Wrote ${PAGE.pathname}\n`);
}

function when({ date, machine, loadAverage, commit }) {
  return (
    `<sub>${date.slice(0, 16).replace('T', ' ')} UTC, commit ${commit ?? 'unknown'}, ${machine}, ` +
    `load average ${loadAverage}.</sub>`
  );
}

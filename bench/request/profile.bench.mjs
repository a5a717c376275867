import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { startProcess } from '../lib/processes.mjs';
import { addresses, startRedis } from './request.bench.mjs';

const file = (name) => fileURLToPath(new URL(name, import.meta.url));

/**
 * Where one variant spends its CPU time: self time per request by function, and by package.
 *
 * @param {string} [settings.save] where to keep the profile, for Chromium's DevTools
 */
export async function profileRequest({ name, requests, warmUp = 5000, node, save }) {
  const [sink, load, redis] = await Promise.all([
    startProcess(file('sink.cjs'), { core: 1 }),
    startProcess(file('load.cjs'), { core: 1 }),
    startRedis([name]),
  ]);
  const server = await startProcess(file('server.cjs'), {
    args: [name],
    env: addresses(await sink.ask('open'), redis),
    core: 0,
    node,
  });
  try {
    const { port } = server.hello;
    const run = (count) =>
      load.ask('run', {
        port,
        path: '/api/activities/@andrewbrown',
        requests: count,
        connections: 32,
      });
    await run(warmUp);
    await server.ask('profile');
    await run(requests);
    const profile = await server.ask('profiled');
    if (save) writeFileSync(save, JSON.stringify(profile));
    return selfTimes(profile, requests);
  } finally {
    await Promise.all([server.end(), sink.end(), load.end(), redis?.end()]);
  }
}

/**
 * Microseconds per request, largest first: by the function itself; by the package that called it; and
 * by the nearest calling function outside Node, so that a `JSON.stringify` or the `send` of a socket
 * is attributed to its caller.
 */
function selfTimes({ nodes, samples, timeDeltas }, requests) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  for (const node of nodes) for (const child of node.children ?? []) byId.get(child).parent = node;
  const [functions, owners, packages] = [new Map(), new Map(), new Map()];
  const add = (map, key, micros) => map.set(key, (map.get(key) ?? 0) + micros / requests);
  samples.forEach((id, index) => {
    const node = byId.get(id);
    if (['(idle)', '(program)'].includes(node.callFrame.functionName)) return;
    const owner = ownerOf(node);
    add(functions, describe(node), timeDeltas[index]);
    add(owners, describe(owner), timeDeltas[index]);
    add(packages, packageOf(owner), timeDeltas[index]);
  });
  const sorted = (map) => [...map].sort((a, b) => b[1] - a[1]);
  return { functions: sorted(functions), owners: sorted(owners), packages: sorted(packages) };
}

/** The nearest caller that is neither part of Node nor native, or the function itself if there is none. */
function ownerOf(node) {
  for (let at = node; at; at = at.parent) {
    const { url } = at.callFrame;
    if (url !== '' && !url.startsWith('node:')) return at;
  }
  return node;
}

function describe({ callFrame: { functionName, url, lineNumber } }) {
  const place = url.replace(/^.*node_modules\//, '').replace(/^file:\/\//, '');
  return `${functionName || '(anonymous)'} ${place}:${lineNumber + 1}`;
}

function packageOf({ callFrame: { functionName, url } }) {
  if (functionName === '(garbage collector)') return 'garbage collector';
  const found = /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url);
  if (found) return found[1];
  if (url.startsWith('node:')) return 'node';
  return url === '' ? 'native' : 'application';
}

import { build } from 'esbuild';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdir, rm, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { runProcess } from '../lib/processes.mjs';
import { summary } from '../lib/stats.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));
/** Optional packages that Nest tries to load. A bundler must be told to leave them out. */
const OPTIONAL = [
  '@nestjs/microservices',
  '@nestjs/microservices/*',
  '@nestjs/websockets',
  '@nestjs/websockets/*',
  'class-transformer',
  'class-transformer/*',
  'class-validator',
];
const NAMES = { untraced: 'false', traced: 'true' };

/**
 * CPU of a cold start of a bundled Lambda handler, with the toolkit and without: loading the bundle,
 * starting Nest, answering one request. Each runs in its own process, alternating, `rounds` times.
 */
export async function benchLambda({ rounds, node, log }) {
  const folder = path('../results/tmp/lambda');
  await mkdir(folder, { recursive: true });
  // A daemon that accepts everything, so that no warning about a missing daemon is measured.
  const daemon = createSocket('udp4').bind(0, '127.0.0.1');
  await once(daemon, 'listening');
  try {
    const bundles = [];
    for (const [name, traced] of Object.entries(NAMES)) {
      bundles.push({ name, file: await bundle(`${folder}/${name}.cjs`, traced), cpuMs: [] });
    }
    const env = {
      AWS_LAMBDA_FUNCTION_NAME: 'bench',
      AWS_XRAY_DAEMON_ADDRESS: `127.0.0.1:${daemon.address().port}`,
      LAMBDA_TASK_ROOT: folder,
      _X_AMZN_TRACE_ID:
        'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1',
    };
    for (let round = 0; round < rounds; round++) {
      for (const { file, cpuMs } of bundles) {
        const { cpuMs: spent } = await runProcess(path('cold.cjs'), {
          args: [file],
          env,
          core: 0,
          node,
        });
        cpuMs.push(spent);
      }
    }
    const [untraced, traced] = bundles;
    const added = summary(traced.cpuMs.map((value, round) => value - untraced.cpuMs[round]));
    const bytes = (await stat(traced.file)).size - (await stat(untraced.file)).size;
    log?.(`  cold start: ${added.median.toFixed(0)} ms added, ${Math.round(bytes / 1024)} KiB`);
    return [
      { name: 'cold', untracedMs: summary(untraced.cpuMs), addedMs: added, addedBytes: bytes },
    ];
  } finally {
    daemon.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function bundle(outfile, traced) {
  await build({
    entryPoints: [path('handler.cjs')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    define: { TRACED: traced },
    external: OPTIONAL,
    // Use the packed toolkit, not the sources to which the tsconfig.json of the workspace maps its name.
    tsconfigRaw: {},
    logLevel: 'error',
  });
  return outfile;
}

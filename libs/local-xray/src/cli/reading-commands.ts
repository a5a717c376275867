import type { Command } from 'commander';
import { Endpoint } from './endpoint';
import { bridgeStdio } from './stdio-bridge';
import { listTraces, tailTraces } from './list-traces';

interface Flags {
  endpoint?: string;
  since: string;
  limit: string;
  node?: string;
}

/** The commands that ask a local X-Ray which runs already. */
export function addReadingCommands(program: Command): void {
  reading(
    program,
    'traces [filter]',
    'list the newest traces, or those that a filter expression selects',
  )
    .option('--since <time>', 'how long ago (15m, 2h, 7d), a date, or epoch seconds', '1h')
    .option('--limit <count>', 'how many at most', '20')
    .action(async (filter: string | undefined, { endpoint, since, limit }: Flags) =>
      say(async () => {
        const options = { filter, since, limit: Number(limit) || 20 };
        const lines = await listTraces(new Endpoint(endpoint), options);
        console.log(
          lines.join('\n') ||
            `No traces since ${since}. Send a request, or look further back with --since 1d.`,
        );
      }),
    );
  reading(program, 'trace <id>', 'print a trace; "last" is the newest')
    .option('--node <id>', 'all that was recorded of one segment or subsegment')
    .action(async (id: string, { endpoint, node }: Flags) =>
      say(async () => {
        const path = `/traces/${encodeURIComponent(id)}.md`;
        console.log(await (await new Endpoint(endpoint).get(path, { node })).text());
      }),
    );
  reading(program, 'tail [filter]', 'print each trace when it has ended, until Ctrl-C').action(
    async (filter: string | undefined, { endpoint }: Flags) =>
      say(async () => {
        const stop = new AbortController();
        process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
        await tailTraces(new Endpoint(endpoint), filter, console.log, stop.signal);
      }),
  );
  reading(
    program,
    'mcp',
    'speak the Model Context Protocol on stdin and stdout, for coding agents',
  ).action(async ({ endpoint }: Flags) => say(() => bridgeStdio(new Endpoint(endpoint))));
}

function reading(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option(
      '--endpoint <address>',
      'the local X-Ray to ask (XRAY_LOCAL_ADDRESS, else 127.0.0.1:2000)',
    );
}

async function say(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

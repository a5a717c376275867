import { type Command, InvalidArgumentError } from 'commander';
import { Endpoint } from './endpoint';
import { bridgeStdio } from './stdio-bridge';
import { listTraces, tailTraces } from './list-traces';

interface Flags {
  endpoint?: string;
  since: string;
  limit: number;
  node?: string;
}

/** The commands that query a running local X-Ray. */
export function addReadingCommands(program: Command): void {
  // --address belongs to the server, and is what a user who started it so tries here.
  const at = (endpoint?: string) =>
    new Endpoint(endpoint ?? program.opts<{ address?: string }>().address);
  reading(
    program,
    'traces [filter]',
    'list the newest traces, or the newest that match a filter expression',
  )
    .option(
      '--since <time>',
      'start of the period: a time ago (15m, 2h, 7d), a date, or epoch seconds',
      '1h',
    )
    .option('--limit <count>', 'number of traces to list at most', count, 20)
    .action(async (filter: string | undefined, { endpoint, since, limit }: Flags) =>
      say(async () => {
        const options = { filter, since, limit };
        const lines = await listTraces(at(endpoint), options);
        console.log(lines.join('\n') || nothing(filter, since));
      }),
    );
  reading(program, 'trace <id>', 'print a trace; the id "last" is the newest trace')
    .option('--node <id>', 'print everything recorded about one segment or subsegment')
    .action(async (id: string, { endpoint, node }: Flags) =>
      say(async () => {
        const path = `/traces/${encodeURIComponent(id)}.md`;
        console.log(await (await at(endpoint).get(path, { node })).text());
      }),
    );
  reading(program, 'tail [filter]', 'print each trace when it ends, until Ctrl-C').action(
    async (filter: string | undefined, { endpoint }: Flags) =>
      say(async () => {
        const stop = new AbortController();
        process.once('SIGINT', () => stop.abort()).once('SIGTERM', () => stop.abort());
        await tailTraces(at(endpoint), filter, console.log, stop.signal);
      }),
  );
  reading(
    program,
    'mcp',
    'serve coding agents over the Model Context Protocol on stdin and stdout',
  ).action(async ({ endpoint }: Flags) => say(() => bridgeStdio(at(endpoint))));
}

function reading(program: Command, name: string, description: string): Command {
  return program
    .command(name)
    .description(description)
    .option(
      '--endpoint <address>',
      'address of the running local X-Ray (default: XRAY_LOCAL_ADDRESS or 127.0.0.1:2000)',
    );
}

function count(text: string): number {
  if (/^[1-9]\d{0,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('Write a whole number from 1 up.');
}

function nothing(filter: string | undefined, since: string): string {
  const period = /^\d+\s*[smhd]$/i.test(since) ? `in the last ${since}` : `since ${since}`;
  return filter
    ? `No traces ${period} match ${filter}. Change the filter, or look further back, for example with --since 7d.`
    : `No traces ${period}. Send a request to a traced app, or look further back, for example with --since 7d.`;
}

async function say(work: () => Promise<void>): Promise<void> {
  // The reader of the output may close it early, as in `local-xray tail | head -1`.
  process.stdout.once('error', ({ code }: NodeJS.ErrnoException) =>
    process.exit(code === 'EPIPE' ? 0 : 1),
  );
  try {
    await work();
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
  }
}

import { Command, Option } from 'commander';
import { addReadingCommands } from './cli/reading-commands';
import {
  DEFAULT_ADDRESS,
  DEFAULT_DATABASE,
  type LocalXrayOptions,
} from './options/local-xray.options';
import { type LocalXray, startLocalXray } from './local-xray.server';
import { parseRetention } from './options/size-and-time';
import { nearest } from './query/filter-error';
import { VERSION } from './version';

interface Flags {
  address?: string;
  db?: string;
  strict?: boolean;
  retention?: string;
  defaultSampling?: 'all' | 'aws';
  allowHost?: string[];
  forward?: string;
  indexAttributes?: string[];
  otlpHttp?: string;
  otlpGrpc?: string;
  source?: string[];
  editor?: string;
}

/** Time limit for shutting down: containers wait only a few seconds. Everything acknowledged is already stored. */
const END_MS = 1900;

/**
 * The command line. Without a command it starts local X-Ray and stops it on SIGINT or SIGTERM; the
 * commands query one that is running. The exit code is 1 on failure.
 */
export async function runLocalXray(argv: string[]): Promise<void> {
  const program = command();
  program.allowExcessArguments().action((flags: Flags) => {
    const [unknown] = program.args;
    if (unknown !== undefined) return refuseCommand(program, unknown);
    return start(flags);
  });
  addReadingCommands(program);
  await program.parseAsync(argv);
}

function refuseCommand(program: Command, unknown: string): never {
  const near = nearest(
    unknown,
    program.commands.map((each) => each.name()),
  );
  program.error(
    `error: unknown command '${unknown}'${near === undefined ? '' : `\n(Did you mean ${near}?)`}`,
  );
}

async function start(flags: Flags): Promise<void> {
  let running: LocalXray;
  try {
    running = await startLocalXray(optionsOf(flags));
  } catch (error) {
    console.error((error as Error).message);
    process.exitCode = 1;
    return;
  }
  console.log(`Local X-Ray listens on http://${running.address} (UDP and TCP)`);
  const { http, grpc, missing } = running.otlp;
  if (http) console.log(`Also accepting OTLP over HTTP on http://${http}`);
  if (grpc) console.log(`Also accepting OTLP over gRPC on http://${grpc}`);
  for (const each of missing) console.log(each);
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    setTimeout(() => {
      console.error(`Local X-Ray did not stop within ${END_MS} ms, so it was killed.`);
      process.kill(process.pid, 'SIGKILL');
    }, END_MS).unref();
    running.close().catch((error: unknown) => {
      console.error(`Local X-Ray failed while stopping: ${(error as Error).message}`);
      process.exitCode = 1;
    });
  };
  running.store.onFailure((reason) => {
    console.error(`Local X-Ray cannot continue: ${reason.message}`);
    process.exitCode = 1;
    end();
  });
  process.on('SIGINT', end).on('SIGTERM', end);
}

const EXAMPLES = `
Examples:
  local-xray                                       start, then open http://${DEFAULT_ADDRESS}
  local-xray --address 127.0.0.1:2001 --db :memory:
  local-xray traces 'service("shop") { fault }' --since 1d
  local-xray trace last`;

function command(): Command {
  return new Command('local-xray')
    .description(
      'Receives traces like the X-Ray daemon (UDP), like X-Ray (HTTP) and like an OpenTelemetry collector (OTLP over HTTP and gRPC), answers the X-Ray API, and shows the traces in the browser. Without a command, starts the server.',
    )
    .version(VERSION)
    .option(
      '-a, --address <host:port>',
      `address for UDP and TCP (default: XRAY_LOCAL_ADDRESS or ${DEFAULT_ADDRESS})`,
    )
    .option(
      '-d, --db <file>',
      `SQLite file, or :memory: (default: XRAY_LOCAL_DB or ${DEFAULT_DATABASE})`,
    )
    .option('--strict', "apply AWS's limits, and reject what AWS would reject")
    .option(
      '--retention <limits>',
      'how long and how much to keep: a time, a size, or both (default: 7d,1GB)',
    )
    .addOption(
      new Option(
        '--default-sampling <rate>',
        'the Default sampling rule: record all requests, or, as AWS does, one per second and 5 % of the others',
      )
        .choices(['all', 'aws'])
        .default('all'),
    )
    .option(
      '--forward <target>',
      'also send everything to: aws, https://<X-Ray endpoint>, udp://<daemon host:port>, or http://<OTLP collector host:port>/v1/traces',
    )
    .option(
      '--index-attributes <name...>',
      'OpenTelemetry attributes that filters can find: own (those your application named), all, none, or names, which may end in * (default: own)',
    )
    .option(
      '--otlp-http <host:port>',
      'address for OTLP over HTTP, or off (default: XRAY_LOCAL_OTLP_HTTP, or port 4318 if it is free)',
    )
    .option(
      '--otlp-grpc <host:port>',
      'address for OTLP over gRPC, or off (default: XRAY_LOCAL_OTLP_GRPC, or port 4317 if it is free)',
    )
    .option('--allow-host <name...>', 'further host names under which requests are accepted')
    .option(
      '--source <folder...>',
      'folders of source code from which the console may show excerpts, or off (default: the current folder)',
    )
    .option(
      '--editor <link>',
      'link that opens a source line in your editor; {path} and {line} are replaced; empty for no link',
    )
    .addHelpText('after', EXAMPLES)
    .showHelpAfterError('Run with --help to see all options.');
}

function optionsOf(flags: Flags): LocalXrayOptions {
  return {
    address: flags.address,
    database: flags.db,
    strict: flags.strict,
    retention: flags.retention === undefined ? undefined : parseRetention(flags.retention),
    defaultSampling: flags.defaultSampling,
    allowedHosts: flags.allowHost,
    forward: flags.forward,
    indexAttributes: flags.indexAttributes,
    otlpHttp: flags.otlpHttp,
    otlpGrpc: flags.otlpGrpc,
    standardOtlpPorts: true,
    sources: flags.source?.join() === 'off' ? [] : flags.source,
    editorLink: flags.editor,
  };
}

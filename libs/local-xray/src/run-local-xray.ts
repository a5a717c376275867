import { Command, Option } from 'commander';
import { addReadingCommands } from './cli/reading-commands';
import {
  DEFAULT_ADDRESS,
  DEFAULT_DATABASE,
  type LocalXrayOptions,
} from './options/local-xray.options';
import { type LocalXray, startLocalXray } from './local-xray.server';
import { parseRetention } from './options/size-and-time';
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

/** Whatever runs: containers and supervisors wait for some seconds only. What was acknowledged is in the file by then. */
const END_MS = 1900;

/**
 * The command line: starts local X-Ray and ends it on SIGINT or SIGTERM, or with a command asks one
 * that runs already. Exit code 1 when it cannot.
 */
export async function runLocalXray(argv: string[]): Promise<void> {
  const program = command().action((flags: Flags) => start(flags));
  addReadingCommands(program);
  await program.parseAsync(argv);
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
  if (http) console.log(`OTLP over HTTP is taken on http://${http} too`);
  if (grpc) console.log(`OTLP over gRPC is taken on http://${grpc}`);
  for (const each of missing) console.log(each);
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    setTimeout(() => {
      console.error(`Local X-Ray did not end within ${END_MS} ms and is stopped.`);
      process.kill(process.pid, 'SIGKILL');
    }, END_MS).unref();
    running.close().catch((error: unknown) => {
      console.error(`Local X-Ray did not end well: ${(error as Error).message}`);
      process.exitCode = 1;
    });
  };
  running.store.onFailure((reason) => {
    console.error(`Local X-Ray cannot go on: ${reason.message}`);
    process.exitCode = 1;
    end();
  });
  process.on('SIGINT', end).on('SIGTERM', end);
}

function command(): Command {
  return new Command('local-xray')
    .description(
      'Takes traces as the X-Ray daemon does (UDP), as X-Ray itself does (HTTP) and as OpenTelemetry does (OTLP over HTTP and gRPC), answers the X-Ray API, and shows what came at its address in the browser.',
    )
    .version(VERSION)
    .option(
      '-a, --address <host:port>',
      `UDP and TCP address (XRAY_LOCAL_ADDRESS, else ${DEFAULT_ADDRESS})`,
    )
    .option('-d, --db <file>', `SQLite file or :memory: (XRAY_LOCAL_DB, else ${DEFAULT_DATABASE})`)
    .option('--strict', "apply AWS's limits, and refuse what AWS would refuse")
    .option(
      '--retention <limits>',
      'how long and how much is kept: a time, a size or both (default 7d,1GB)',
    )
    .addOption(
      new Option(
        '--default-sampling <rate>',
        'the Default sampling rule: all requests, or as in AWS 1/s and 5 %',
      )
        .choices(['all', 'aws'])
        .default('all'),
    )
    .option(
      '--forward <target>',
      'pass documents on too: aws, https://<X-Ray endpoint>, udp://<daemon host:port> or http://<OTLP collector host:port>/v1/traces',
    )
    .option(
      '--index-attributes <name...>',
      'attributes of spans that filters find: own (default), all, none, or names, also with * at the end',
    )
    .option(
      '--otlp-http <host:port>',
      'take OTLP over HTTP there too, or "off" (XRAY_LOCAL_OTLP_HTTP, else port 4318 where it is free)',
    )
    .option(
      '--otlp-grpc <host:port>',
      'take OTLP over gRPC there, or "off" (XRAY_LOCAL_OTLP_GRPC, else port 4317 where it is free)',
    )
    .option('--allow-host <name...>', 'further names that requests may use for this server')
    .option(
      '--source <folder...>',
      'folders of source code of which the viewer may show excerpts, or off (default: the folder it is started in)',
    )
    .option('--editor <link>', 'link to source; {path} and {line} are filled in; empty for none')
    .showHelpAfterError('Run with --help for all options.');
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

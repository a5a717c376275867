import {
  Controller,
  Get,
  Logger,
  Module,
  NotFoundException,
  type INestApplication,
  type LoggerService,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Segment, XrayModule, type XrayOptions } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { documentsOf } from './tracing';

const environment = { ...process.env };
afterEach(() => void (process.env = { ...environment }));

@Controller()
class Shop {
  private readonly logger = new Logger('Shop');

  @Get('broken')
  broken(): never {
    throw new Error('broken');
  }

  @Get('twice')
  twice(): string {
    this.logger.error('one');
    this.logger.fatal('two');
    return 'ok';
  }

  @Get('warned')
  warned(): string {
    this.logger.warn('careful');
    this.logger.log('done');
    return 'ok';
  }

  @Get('missing')
  missing(): never {
    throw new NotFoundException();
  }

  @Segment('nightly')
  nightly(): void {
    this.logger.error('the job failed');
  }

  outside(): void {
    this.logger.error('no request');
  }
}

/** What is printed, one line each: the level and the text. */
class Lines implements LoggerService {
  readonly lines: string[] = [];
  private add(level: string, message: unknown, context: unknown): void {
    // No daemon listens for the traces themselves.
    if (level === 'warn' && context === 'XrayModule') return;
    if (
      /^(Shop|XrayModule|ExceptionsHandler)$/.test(String(context)) &&
      !/ → /.test(String(message))
    )
      this.lines.push(`${level} ${message instanceof Error ? message.message : String(message)}`);
  }
  readonly log = (message: unknown, context?: unknown) => this.add('log', message, context);
  readonly warn = (message: unknown, context?: unknown) => this.add('warn', message, context);
  readonly error = (message: unknown, ...rest: unknown[]) =>
    this.add('error', message, rest.at(-1));
  readonly fatal = (message: unknown, context?: unknown) => this.add('fatal', message, context);
}

interface Started {
  lines: string[];
  app: INestApplication;
  get(path: string): Promise<string | null>;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('It did not happen within 10 seconds.');
    await new Promise((turn) => setImmediate(turn));
  }
}

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const each of open.splice(0)) await each.close();
});

async function start(options: Partial<XrayOptions>, fastify = false): Promise<Started> {
  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'shop', ...options })],
    controllers: [Shop],
  })
  class App {}
  const logger = new Lines();
  const app = fastify
    ? await NestFactory.create(App, new FastifyAdapter(), { logger })
    : await NestFactory.create(App, { logger });
  open.push(app);
  await app.listen(0, '127.0.0.1');
  const url = await app.getUrl();
  const get = async (path: string) => {
    const answer = await fetch(`${url}/${path}`);
    await answer.text();
    return answer.headers.get('x-trace-id');
  };
  return { lines: logger.lines, app, get };
}

const CONSOLE = 'http://127.0.0.1:2000';
const known = () => ({ emitter: new MemoryEmitter(), consoleUrl: CONSOLE });
const linkTo = (url: string, id: string | null) => `log Trace of this error: ${url}/traces/${id}`;

describe.each([
  ['Express', false],
  ['Fastify', true],
])('an error log on %s', (_name, fastify) => {
  it('is followed by a link to the trace', async () => {
    const { get, lines } = await start(known(), fastify);
    const id = await get('broken');
    expect(lines).toEqual(['error broken', linkTo(CONSOLE, id)]);
  });

  it('has one link for each request', async () => {
    const { get, lines } = await start(known(), fastify);
    const ids = [await get('twice'), await get('twice')];
    expect(lines).toEqual([
      ...['error one', linkTo(CONSOLE, ids[0]!), 'fatal two'],
      ...['error one', linkTo(CONSOLE, ids[1]!), 'fatal two'],
    ]);
  });

  it('is needed for a link', async () => {
    const { get, lines } = await start(known(), fastify);
    await get('warned');
    await get('missing');
    expect(lines).toEqual(['warn careful', 'log done']);
  });
});

describe('the link beside an error log', () => {
  it('is logged for work outside requests that has a segment', async () => {
    const options = known();
    const { app, lines } = await start(options);
    app.get(Shop).outside();
    expect(lines.splice(0)).toEqual(['error no request']);
    app.get(Shop).nightly();
    const [document] = await documentsOf(options.emitter, 1);
    expect(lines).toEqual(['error the job failed', linkTo(CONSOLE, document!.trace_id)]);
  });

  it('is not recorded as a log line', async () => {
    const options = known();
    const { get } = await start(options);
    await get('broken');
    const [document] = await documentsOf(options.emitter, 1);
    const logs = document?.metadata?.default?.logs as { message: unknown }[];
    expect(logs).toHaveLength(1);
  });

  it.each<[string, Partial<XrayOptions>, Record<string, string>]>([
    ['in production', {}, { NODE_ENV: 'production' }],
    ['on Lambda', {}, { LAMBDA_TASK_ROOT: '/var/task' }],
    ['with AWS_XRAY_LOG_LEVEL=warn', {}, { AWS_XRAY_LOG_LEVEL: 'warn' }],
    ['with AWS_XRAY_LOG_LEVEL=error', {}, { AWS_XRAY_LOG_LEVEL: 'error' }],
    ['with consoleUrl: false', { consoleUrl: false }, {}],
    ['with a logger that only warns', { logger: { warn: () => undefined } }, {}],
    ['for requests that are not sampled', { sampling: 0 }, {}],
    ['with enabled: false', { enabled: false }, {}],
    ['with an emitter whose console is not known', { consoleUrl: undefined }, {}],
  ])('does not appear %s', async (_name, options, variables) => {
    Object.assign(process.env, variables);
    const { get, lines } = await start({ ...known(), ...options });
    await get('broken');
    expect(lines).toEqual(['error broken']);
  });

  it('has the address given, with its path', async () => {
    const consoleUrl = 'https://dev.example.com/xray/';
    const { get, lines } = await start({ emitter: new MemoryEmitter(), consoleUrl });
    const id = await get('broken');
    expect(lines[1]).toBe(linkTo('https://dev.example.com/xray', id));
  });

  it('goes to the application that the request belongs to', async () => {
    const first = await start({ emitter: new MemoryEmitter(), consoleUrl: 'http://first' });
    const second = await start({ emitter: new MemoryEmitter(), consoleUrl: 'http://second' });
    second.lines.length = 0;
    const id = await first.get('broken');
    // Nest's Logger prints with the logger of the application that was created last.
    expect(second.lines).toEqual(['error broken', linkTo('http://first', id)]);
  });

  it('ends with the application', async () => {
    const { app, lines } = await start(known());
    await app.close();
    const other = await start({ emitter: new MemoryEmitter() });
    await other.get('broken');
    expect([...lines, ...other.lines]).toEqual(['error broken']);
  });
});

describe('the address of the console', () => {
  /** A server at a free port, and the paths that it was asked for. */
  async function server(body: string): Promise<{ server: Server; port: number; asked: string[] }> {
    const asked: string[] = [];
    const made = createServer((request, response) => {
      asked.push(request.url!);
      response.end(body);
    });
    made.listen(0, '127.0.0.1');
    await once(made, 'listening');
    open.push(made);
    return { server: made, port: (made.address() as AddressInfo).port, asked };
  }
  const HEALTH = JSON.stringify({ status: 'ok', name: 'local-xray' });

  it.each(['127.0.0.1', 'localhost'])('is found at the daemon’s address on %s', async (host) => {
    const { port, asked } = await server(HEALTH);
    const { get, lines } = await start({ daemonAddress: `${host}:${port}` });
    const first = await get('broken');
    await until(() => lines.length === 2);
    const second = await get('broken');
    const url = `http://${host}:${port}`;
    const expected = [first, second].flatMap((id) => ['error broken', linkTo(url, id)]);
    expect(lines).toEqual(expected);
    expect(asked).toEqual(['/health']);
  });

  it.each([
    ['an X-Ray daemon', '{}'],
    ['a server that also says ok', '{"status":"ok"}'],
    ['a page', '<!doctype html>'],
    ['a long page', 'x'.repeat(100_000)],
  ])('is not that of %s, which is asked once', async (_name, body) => {
    const { port, asked } = await server(body);
    const { get, lines } = await start({ daemonAddress: `127.0.0.1:${port}` });
    await get('broken');
    await until(() => asked.length === 1);
    await get('broken');
    await get('broken');
    expect(lines).toEqual(['error broken', 'error broken', 'error broken']);
    expect(asked).toEqual(['/health']);
  });

  it.each([
    ['AWS_EXECUTION_ENV', 'AWS_ECS_FARGATE'],
    ['ECS_CONTAINER_METADATA_URI_V4', 'http://169.254.170.2/v4/0a1b'],
    ['KUBERNETES_SERVICE_HOST', '10.96.0.1'],
  ])('is not looked for in a container with %s=%s', async (name, value) => {
    const { port, asked } = await server(HEALTH);
    const options = { daemonAddress: `127.0.0.1:${port}` };
    process.env[name] = value;
    const { get, lines } = await start(options);
    await get('broken');
    Reflect.deleteProperty(process.env, name);
    const elsewhere = await start(options);
    await elsewhere.get('broken');
    // The second application has asked, and the first had more time to do so.
    await until(() => asked.length > 0);
    expect(asked).toEqual(['/health']);
    expect(lines).toEqual(['error broken']);
  });

  it('is not looked for without an error, on another machine, and with OTLP', async () => {
    const { port, asked } = await server(HEALTH);
    const quiet = await start({ daemonAddress: `127.0.0.1:${port}` });
    await quiet.get('warned');
    const far = await start({ daemonAddress: `tcp:192.0.2.1:${port} udp:127.0.0.1:${port}` });
    await far.get('broken');
    process.env.XRAY_EXPORTER = 'otlp';
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'http://127.0.0.1:1';
    const otlp = await start({ daemonAddress: `127.0.0.1:${port}`, shutdownTimeoutMs: 0 });
    await otlp.get('broken');
    await fetch(`http://127.0.0.1:${port}/last`);
    expect(asked).toEqual(['/last']);
    expect([far.lines, otlp.lines].flat().filter((line) => line.includes('/traces/'))).toEqual([]);
  });
});

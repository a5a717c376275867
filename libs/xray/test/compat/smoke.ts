/**
 * The application that `npm run compat` compiles against the packed library and runs on
 * each Nest and Node. Prints `ok` and what it saw, or fails.
 */
import 'reflect-metadata';
import 'nestjs-xray/aws-sdk';
import { Controller, Get, Injectable, Module, Param, type INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { get } from 'node:http';
import { Annotation, Subsegment, XrayModule, XrayService, type SegmentDocument } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';

// eslint-disable-next-line @typescript-eslint/no-require-imports
const AWSXRay = require('aws-xray-sdk-core') as {
  captureAsyncFunc<T>(name: string, work: (sub: { close(): void }) => T): T;
};

@Injectable()
class Cart {
  constructor(private readonly xray: XrayService) {}

  @Subsegment()
  async load(@Annotation('cart') id: string): Promise<string> {
    await AWSXRay.captureAsyncFunc('theirs', (sub) => Promise.resolve(sub.close()));
    return this.xray.capture('parse', () => id.toUpperCase());
  }
}

@Controller('carts')
class CartController {
  constructor(private readonly cart: Cart) {}

  @Get('header/echo')
  echo(): string {
    return 'echo';
  }

  @Get('calls/:port')
  async calls(@Param('port') port: string): Promise<string> {
    const url = `http://127.0.0.1:${port}/carts/header/echo`;
    await new Promise((done, fail) => {
      get(url, (response) => response.resume().on('end', done)).on('error', fail);
    });
    return (await fetch(url)).text();
  }

  @Get('broken/one')
  broken(): string {
    throw new Error('broken');
  }

  @Get(':id')
  load(@Param('id') id: string): Promise<string> {
    return this.cart.load(id);
  }
}

/** Starts an application of these options; its documents come to `emitter`. */
async function start(emitter: MemoryEmitter | undefined, interceptor: boolean) {
  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'smoke', emitter, interceptor })],
    controllers: [CartController],
    providers: [Cart],
  })
  class App {}
  const app = await NestFactory.create(App, { logger: ['error', 'warn'] });
  app.useLogger(false);
  await app.listen(0, '127.0.0.1');
  return { app, port: Number(new URL(await app.getUrl()).port) };
}

async function until(ready: () => boolean, what: string): Promise<void> {
  for (const deadline = Date.now() + 10_000; !ready();) {
    assert(Date.now() < deadline, `${what} never came`);
    await new Promise((turn) => setImmediate(turn));
  }
}

const shape = ({
  name,
  subsegments = [],
}: Pick<SegmentDocument, 'name' | 'subsegments'>): string =>
  subsegments.length === 0 ? name : `${name}(${subsegments.map(shape).join(',')})`;

async function checkEntries(interceptor: boolean): Promise<void> {
  const emitter = new MemoryEmitter();
  const { app, port } = await start(emitter, interceptor);
  const url = `http://127.0.0.1:${port}/carts`;
  const one = async (path: string, status: number, count = 1) => {
    emitter.documents.length = 0;
    const response = await fetch(`${url}${path}`);
    await response.text();
    assert.equal(response.status, status);
    await until(() => emitter.documents.length >= count, path);
    return emitter.documents.find(({ http }) => http?.request?.url?.endsWith(path))!;
  };

  const segment = await one('/seven', 200);
  assert.equal(shape(segment), 'smoke(Cart.load(theirs,parse))');
  assert.equal(segment.annotations?.http_route, '/carts/:id');
  assert.equal(segment.subsegments![0]!.annotations?.cart, 'seven');
  assert.deepEqual(
    [segment.metadata?.nest?.controller, segment.metadata?.nest?.handler],
    ['CartController', 'load'],
  );

  const broken = await one('/broken/one', 500);
  assert.equal(broken.fault, true);
  assert.equal((await one('/no/such/route', 404)).error, true);

  const calls = await one(`/calls/${port}`, 200, 3);
  assert.equal(shape(calls), 'smoke(127.0.0.1,127.0.0.1)');
  const called = emitter.documents.filter(({ parent_id }) => parent_id !== undefined);
  assert.deepEqual(
    called.map(({ parent_id, trace_id }) => [parent_id, trace_id]).sort(),
    calls.subsegments!.map(({ id }) => [id, calls.trace_id]).sort(),
  );
  await stop(app);
}

/** The daemon's protocol, by the default emitter. */
async function checkDaemon(): Promise<void> {
  const daemon = createSocket('udp4');
  const received: string[] = [];
  daemon.on('message', (datagram) => received.push(String(datagram)));
  await new Promise<void>((done) => daemon.bind(0, '127.0.0.1', done));
  process.env.AWS_XRAY_DAEMON_ADDRESS = `127.0.0.1:${daemon.address().port}`;
  const { app, port } = await start(undefined, true);
  await (await fetch(`http://127.0.0.1:${port}/carts/seven`)).text();
  await until(() => received.length > 0, 'the datagram');
  const [header, document] = received[0]!.split('\n') as [string, string];
  assert.deepEqual(JSON.parse(header), { format: 'json', version: 1 });
  assert.equal(shape(JSON.parse(document) as SegmentDocument), 'smoke(Cart.load(theirs,parse))');
  await stop(app);
  daemon.close();
}

async function stop(app: INestApplication): Promise<void> {
  (app.getHttpServer() as { closeAllConnections(): void }).closeAllConnections();
  await app.close();
}

async function main(): Promise<void> {
  await checkEntries(true);
  await checkEntries(false);
  await checkDaemon();
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { version } = require('@nestjs/core/package.json') as { version: string };
  console.log(`ok: Nest ${version} on Node ${process.versions.node}`);
  process.exit(0);
}

main().catch((problem: unknown) => {
  console.error(problem);
  process.exit(1);
});

import { Controller, Get, Module, type INestApplication } from '@nestjs/common';
import { NestFactory, RouterModule } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import express from 'express';
import type { AddressInfo } from 'node:net';
import { XrayModule } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { documentsOf } from './tracing';

@Controller('boom')
class BoomController {
  @Get(':id')
  boom(): never {
    throw new Error('boom');
  }
}

@Module({ controllers: [BoomController] })
class Feature {}

const emitter = new MemoryEmitter();

@Module({
  imports: [
    XrayModule.forRoot({ serviceName: 'shop', emitter }),
    Feature,
    RouterModule.register([{ path: 'feature', module: Feature }]),
  ],
})
class App {}

const fails = (): never => {
  throw new Error('boom');
};
const answers = (_request: unknown, response: { end(): void }): void => response.end();

async function routeOf(app: INestApplication, path: string): Promise<unknown> {
  emitter.documents.length = 0;
  const { port } = app.getHttpServer().address() as AddressInfo;
  await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
  const [segment] = await documentsOf(emitter, 1);
  return segment!.annotations?.http_route;
}

describe('the route of a request', () => {
  let app: INestApplication;

  afterEach(() => app.close());

  it('includes the mount path of an Express application or router, also if it fails', async () => {
    app = await NestFactory.create(App, { logger: false });
    const inner = express.Router().get('/boom', fails).get('/fine', answers);
    const outer = express.Router().use('/inner', inner).get('/items/:id', fails).get('/', fails);
    const sub = express()
      .get('/boom', fails)
      .get('/fine', answers)
      .get('/rejects', async () => {
        await Promise.resolve();
        fails();
      });
    app.use('/sub', sub).use('/outer', outer);
    app.use('/:tenant/of', express.Router().get('/boom', fails));
    app.setGlobalPrefix('api');
    await app.listen(0, '127.0.0.1');
    const routes: Record<string, unknown> = {};
    for (const path of [
      '/sub/fine',
      '/sub/boom?q=/a/b',
      '/sub/boom/',
      '/sub/rejects',
      '/outer/inner/fine',
      '/outer/inner/boom',
      '/outer/items/5',
      '/outer/',
      '/acme/of/boom',
      '/api/feature/boom/7',
    ]) {
      routes[path] = await routeOf(app, path);
    }
    expect(routes).toEqual({
      '/sub/fine': '/sub/fine',
      '/sub/boom?q=/a/b': '/sub/boom',
      '/sub/boom/': '/sub/boom',
      '/sub/rejects': '/sub/rejects',
      '/outer/inner/fine': '/outer/inner/fine',
      '/outer/inner/boom': '/outer/inner/boom',
      '/outer/items/5': '/outer/items/:id',
      '/outer/': '/outer/',
      '/acme/of/boom': '/acme/of/boom',
      '/api/feature/boom/7': '/api/feature/boom/:id',
    });
  });

  it('includes the prefix of a Fastify plugin', async () => {
    const adapter = new FastifyAdapter();
    app = await NestFactory.create(App, adapter, { logger: false });
    adapter.getInstance().register(
      (instance, _options, done) => {
        instance.get('/boom', fails);
        done();
      },
      { prefix: '/sub' },
    );
    await app.listen(0, '127.0.0.1');
    expect(await routeOf(app, '/sub/boom')).toBe('/sub/boom');
    expect(await routeOf(app, '/feature/boom/7')).toBe('/feature/boom/:id');
  });
});

import {
  Controller,
  Get,
  HttpCode,
  Injectable,
  Module,
  Post,
  UseGuards,
  type CanActivate,
  type INestApplication,
} from '@nestjs/common';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { NestFactory } from '@nestjs/core';
import { EventEmitter, once } from 'node:events';
import { connect } from 'node:net';
import type { AddressInfo } from 'node:net';
import { Subsegment, XrayModule, XrayService } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';

/** Tells a test that its request has reached the handler. */
const entered = new EventEmitter();

class Closed implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Injectable()
class Cart {
  constructor(private readonly xray: XrayService) {}

  @Subsegment()
  async load(id: string): Promise<string[]> {
    this.xray.annotate('cart', id);
    await new Promise((done) => setImmediate(done));
    return this.parse(id);
  }

  @Subsegment('parse it')
  parse(id: string): string[] {
    if (id === 'broken') throw new RangeError('no such cart');
    return [id];
  }
}

@Controller('carts')
class CartController {
  constructor(private readonly cart: Cart) {}

  @Get('closed')
  @UseGuards(Closed)
  closed(): string {
    return 'never';
  }

  @Get('never')
  never(): Promise<string> {
    entered.emit('never');
    return new Promise(() => undefined);
  }

  @Post()
  @HttpCode(201)
  create(): object {
    return {};
  }

  @Get(':id')
  get(): Promise<string[]> {
    return this.cart.load('7');
  }

  @Get(':id/broken')
  broken(): Promise<string[]> {
    return this.cart.load('broken');
  }
}

const xray = new MemoryEmitter();

@Module({
  imports: [XrayModule.forRoot({ serviceName: 'shop', emitter: xray, ignore: '/carts/ignored' })],
  controllers: [CartController],
  providers: [Cart],
})
class ShopModule {}

describe.each([
  ['Express', () => new ExpressAdapter()],
  ['Fastify', () => new FastifyAdapter()],
])('a segment on %s', (_name, adapter) => {
  let app: INestApplication;
  let url: string;

  beforeAll(async () => {
    app = await NestFactory.create(ShopModule, adapter(), { logger: false });
    await app.listen(0, '127.0.0.1');
    url = `http://127.0.0.1:${(app.getHttpServer().address() as AddressInfo).port}`;
  });
  afterAll(() => app.close());
  beforeEach(() => {
    xray.documents.length = 0;
  });

  async function recorded(count = 1) {
    while (xray.documents.length < count) await new Promise((done) => setImmediate(done));
    return xray.documents;
  }

  it('contains the request, the response, the route and the nested calls', async () => {
    const response = await fetch(`${url}/carts/7?secret=1`);
    expect([response.status, await response.json()]).toEqual([200, ['7']]);
    const [document] = await recorded();
    expect(document).toMatchObject({
      name: 'shop',
      http: { request: { method: 'GET', url: `${url}/carts/7` }, response: { status: 200 } },
      annotations: { http_route: '/carts/:id' },
      metadata: { nest: { controller: 'CartController', handler: 'get' } },
      subsegments: [
        { name: 'Cart.load', annotations: { cart: '7' }, subsegments: [{ name: 'parse it' }] },
      ],
    });
    expect(document!.end_time!).toBeGreaterThanOrEqual(document!.start_time);
  });

  it('keeps the cause on the innermost call and refers to it above', async () => {
    const response = await fetch(`${url}/carts/7/broken`);
    expect(response.status).toBe(500);
    const [document] = await recorded();
    const outer = document!.subsegments![0]!;
    const inner = outer.subsegments![0]!;
    expect(inner).toMatchObject({
      fault: true,
      cause: { exceptions: [{ type: 'RangeError', message: 'no such cart', remote: false }] },
    });
    const { id } = (inner.cause as { exceptions: { id: string }[] }).exceptions[0]!;
    expect([outer.cause, document!.cause]).toEqual([id, id]);
    expect(document).toMatchObject({ fault: true, http: { response: { status: 500 } } });
  });

  it.each([
    ['an unknown route', '/nowhere', {}, 404],
    ["a guard's refusal", '/carts/closed', {}, 403],
    [
      'malformed JSON',
      '/carts',
      { method: 'POST', body: '{"a":', headers: { 'content-type': 'application/json' } },
      400,
    ],
  ])('marks %s as an error', async (_what, path, init, status) => {
    const response = await fetch(`${url}${path}`, init);
    expect(response.status).toBe(status);
    const [document] = await recorded();
    expect(document).toMatchObject({ error: true, http: { response: { status } } });
    expect(document!.fault).toBeUndefined();
  });

  it('marks a client that hangs up, without a status', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    await once(socket, 'connect');
    const handled = once(entered, 'never');
    socket.write('GET /carts/never HTTP/1.1\r\nHost: shop\r\n\r\n');
    await handled;
    socket.destroy();
    const [document] = await recorded();
    expect(document).toMatchObject({ error: true, annotations: { aborted: true } });
    expect(document!.http!.response).toBeUndefined();
  });

  it('keeps 200 concurrent requests apart', async () => {
    await Promise.all(
      Array.from({ length: 200 }, () => fetch(`${url}/carts/7`).then((r) => r.text())),
    );
    const documents = await recorded(200);
    expect(new Set(documents.map((d) => d.trace_id)).size).toBe(200);
    for (const document of documents) {
      expect(document.subsegments).toHaveLength(1);
      expect(document.subsegments![0]!.subsegments).toHaveLength(1);
    }
  });
});

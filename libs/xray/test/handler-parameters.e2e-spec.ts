import { Controller, Get, Module, Param, ParseIntPipe, Query } from '@nestjs/common';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  MessagePattern,
  Payload,
  Transport,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { ExpressAdapter } from '@nestjs/platform-express';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { WsAdapter } from '@nestjs/platform-ws';
import { MessageBody, SubscribeMessage, WebSocketGateway } from '@nestjs/websockets';
import { Annotation, Metadata, Subsegment, XrayModule, type XrayModuleExtras } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';

class Base {
  @Get('inherited/:id')
  inherited(@Param('id') @Annotation() id: string): string {
    return id;
  }
}

@Controller()
class Orders extends Base {
  @Get('orders/:id')
  find(
    @Annotation() @Param('id', ParseIntPipe) id: number,
    @Query('page') @Metadata('page', 'paging') _page: string,
  ): number {
    return id;
  }

  @Get('traced/:id')
  @Subsegment()
  traced(@Annotation() @Param('id') id: string): string {
    return id;
  }

  @MessagePattern('count')
  async count(@Payload() @Annotation('item') item: string): Promise<number> {
    return item.length;
  }
}

@WebSocketGateway()
class Gateway {
  @SubscribeMessage('watch')
  watch(@MessageBody() @Annotation('order') order: string): object {
    return { event: 'watching', data: order };
  }
}

const xray = new MemoryEmitter();
beforeEach(() => (xray.documents.length = 0));

async function segments(count = 1) {
  while (xray.documents.length < count) await new Promise((turn) => setImmediate(turn));
  return xray.documents;
}

async function start(
  adapter: () => ExpressAdapter | FastifyAdapter,
  extras: XrayModuleExtras = {},
): Promise<INestApplication> {
  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'shop', emitter: xray, ...extras })],
    controllers: [Orders],
    providers: [Gateway],
  })
  class App {}
  const app = await NestFactory.create(App, adapter(), { logger: false });
  app.useWebSocketAdapter(new WsAdapter(app));
  return app;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

const originals = [Orders.prototype.find, Base.prototype.inherited, Gateway.prototype.watch];
const methodsNow = () => [Orders.prototype.find, Base.prototype.inherited, Gateway.prototype.watch];

describe.each([
  ['Express', () => new ExpressAdapter(), {}],
  ['Fastify', () => new FastifyAdapter(), {}],
  ['Express, without the interceptor', () => new ExpressAdapter(), { interceptor: false }],
])('parameters of handlers on %s', (_name, adapter, extras) => {
  let app: INestApplication;
  let host: string;

  // In turn with another application, which must find the classes as they were.
  beforeAll(async () => {
    app = await start(adapter, extras);
    await app.listen(0, '127.0.0.1');
    host = `127.0.0.1:${((app.getHttpServer() as Server).address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    await app.close();
    expect(methodsNow()).toEqual(originals);
  });

  it('are recorded on the segment of a request, as transformed by pipes', async () => {
    expect(await (await fetch(`http://${host}/orders/7?page=2`)).text()).toBe('7');
    const [segment] = await segments();
    expect(segment).toMatchObject({
      annotations: { id: 7 },
      metadata: { paging: { page: '2' }, nest: { controller: 'Orders', handler: 'find' } },
    });
    expect(segment!.subsegments).toBeUndefined();
  });

  it('are recorded for an inherited handler', async () => {
    await fetch(`http://${host}/inherited/a`);
    expect(await segments()).toMatchObject([{ annotations: { id: 'a' } }]);
  });

  it('are recorded on the subsegment if there is one', async () => {
    await fetch(`http://${host}/traced/a`);
    const [segment] = await segments();
    expect(segment!.annotations).not.toHaveProperty('id');
    expect(segment!.subsegments).toMatchObject([{ annotations: { id: 'a' } }]);
  });

  it('are recorded on the segment of an event', async () => {
    const socket = new WebSocket(`ws://${host}`);
    await once(socket, 'open');
    socket.send(JSON.stringify({ event: 'watch', data: 'nr 8' }));
    const found = await segments();
    expect(found).toMatchObject([{ annotations: { ws_event: 'watch', order: 'nr 8' } }]);
    socket.terminate();
  });

  it('are recorded by two applications at once, until the last one closes', async () => {
    const other = await start(() => new ExpressAdapter());
    await other.init();
    await other.close();
    await fetch(`http://${host}/orders/9`);
    expect(await segments()).toMatchObject([{ annotations: { id: 9 } }]);
  });
});

it('parameters of a message handler are recorded on the segment of the message', async () => {
  const app = await start(() => new ExpressAdapter());
  const port = await freePort();
  app.connectMicroservice<MicroserviceOptions>({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  await app.startAllMicroservices();
  const client = ClientProxyFactory.create({
    transport: Transport.TCP,
    options: { host: '127.0.0.1', port },
  });
  expect(await firstValueFrom(client.send<number>('count', 'pear'))).toBe(4);
  expect(await segments()).toMatchObject([{ annotations: { rpc_pattern: 'count', item: 'pear' } }]);
  await client.close();
  await app.close();
});

describe('@Annotation() and @Metadata() where they have no effect', () => {
  class Prices {
    round(@Annotation() price: number): number {
      return price;
    }
    discount(@Metadata() _price: number, @Annotation('by') _by: number): void {}
    total(_prices: number[]): void {}
  }

  @Subsegment()
  class Stock {
    count(@Annotation() _item: string): void {}
  }

  class Cheap extends Prices {}

  it('are named at startup, with what to add', async () => {
    const warnings: string[] = [];
    const logger = { warn: (message: string) => void warnings.push(message) };
    @Module({
      imports: [XrayModule.forRoot({ serviceName: 'shop', emitter: xray, logger })],
      controllers: [Orders],
      providers: [Prices, Stock, Cheap],
    })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    await app.close();
    const about = (what: string) => warnings.filter((line) => line.includes(what));
    expect(about('Prices.round')).toEqual([
      '@Annotation() on parameter 1 of Prices.round records nothing: the method is not traced and ' +
        'handles no requests or messages. Add @Subsegment() to the method or its class.',
    ]);
    expect(about('Prices.discount')).toHaveLength(1);
    expect(warnings).toHaveLength(2);
  });
});

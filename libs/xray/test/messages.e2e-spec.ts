import {
  Controller,
  Module,
  NotFoundException,
  ParseIntPipe,
  UseFilters,
  UseGuards,
  Catch,
  type CanActivate,
  type INestApplicationContext,
  type RpcExceptionFilter,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Payload,
  RpcException,
  Transport,
  type ClientProxy,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { IoAdapter } from '@nestjs/platform-socket.io';
import { WsAdapter } from '@nestjs/platform-ws';
import {
  MessageBody,
  SubscribeMessage,
  WebSocketGateway,
  WsException,
  type WsResponse,
} from '@nestjs/websockets';
import { Subsegment, XrayModule, XrayService } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { Observable, firstValueFrom, from, lastValueFrom, map, of, toArray } from 'rxjs';
import { io } from 'socket.io-client';
import { WebSocket } from 'ws';

class Closed implements CanActivate {
  canActivate(): boolean {
    return false;
  }
}

@Catch(RangeError)
class Mapped implements RpcExceptionFilter<RangeError> {
  catch(): Observable<string> {
    return of('mapped by a filter');
  }
}

class Stock {
  @Subsegment()
  async count(item: string): Promise<number> {
    return item.length;
  }

  @Subsegment()
  each(): Observable<number> {
    return from([1, 2, 3]);
  }
}

@Controller()
class StockController {
  constructor(
    private readonly stock: Stock,
    private readonly xray: XrayService,
  ) {}

  @MessagePattern({ cmd: 'count' })
  count(item: string): Promise<number> {
    this.xray.setUser('u1');
    return this.stock.count(item);
  }

  @MessagePattern('each')
  each(): Observable<number> {
    return this.stock.each();
  }

  @MessagePattern('closed')
  @UseGuards(Closed)
  closed(): void {}

  @MessagePattern('number')
  number(@Payload(ParseIntPipe) id: number): number {
    return id;
  }

  @MessagePattern('missing')
  missing(): void {
    throw new NotFoundException('no such item');
  }

  @MessagePattern('refused')
  refused(): void {
    throw new RpcException('not like this');
  }

  @MessagePattern('shut')
  shut(): void {
    throw new RpcException({ name: 'OutOfHours', message: 'closed on Mondays' });
  }

  @MessagePattern({ of: 'pears', cmd: 'weigh' })
  weigh(): number {
    return 2;
  }

  @MessagePattern('mapped')
  @UseFilters(Mapped)
  mapped(): void {
    throw new RangeError('too far');
  }

  @EventPattern('sold')
  async sold(item: string): Promise<void> {
    await this.stock.count(item);
  }
}

const xray = new MemoryEmitter();
const tracing = (interceptor: boolean) =>
  XrayModule.forRoot({ serviceName: 'stock', emitter: xray, interceptor });

async function recorded(count = 1) {
  while (xray.documents.length < count) await new Promise((turn) => setImmediate(turn));
  return xray.documents;
}

beforeEach(() => {
  xray.documents.length = 0;
});

describe.each([
  ['with the interceptor', true],
  ['without the interceptor', false],
])('a segment of a microservice, %s,', (_mode, interceptor) => {
  let service: INestApplicationContext;
  let client: ClientProxy;

  beforeAll(async () => {
    @Module({ imports: [tracing(interceptor)], controllers: [StockController], providers: [Stock] })
    class StockModule {}
    const app = await NestFactory.createMicroservice<MicroserviceOptions>(StockModule, {
      transport: Transport.TCP,
      options: { port: 0, host: '127.0.0.1' },
      logger: false,
    });
    service = app;
    await app.listen();
    const { port } = app.unwrap<Server>().address() as AddressInfo;
    client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { port, host: '127.0.0.1' },
    });
    await client.connect();
  });
  afterAll(async () => {
    await client.close();
    await service.close();
  });

  const send = (pattern: unknown, data: unknown = '') =>
    lastValueFrom(client.send<unknown>(pattern, data).pipe(toArray())).catch((thrown: unknown) => ({
      thrown,
    }));

  it('contains pattern, handler, user and the nested calls', async () => {
    expect(await send({ cmd: 'count' }, 'apple')).toEqual([5]);
    const [segment, ...others] = await recorded();
    expect(others).toEqual([]);
    expect(segment).toMatchObject({
      name: 'stock',
      user: 'u1',
      annotations: { rpc_pattern: '{"cmd":"count"}' },
      metadata: { nest: { controller: 'StockController', handler: 'count' } },
      subsegments: [{ name: 'Stock.count' }],
    });
    expect(segment!.fault).toBeUndefined();
  });

  it('is open until an Observable has completed', async () => {
    expect(await send('each')).toEqual([1, 2, 3]);
    const [segment] = await recorded();
    expect(segment).toMatchObject({ subsegments: [{ name: 'Stock.each' }] });
  });

  it.each([
    ['a refusal of a guard', 'closed', { fault: true }, 'RpcException: Forbidden resource'],
    [
      'a refusal of a pipe',
      'number',
      { error: true },
      'BadRequestException: Validation failed (numeric string is expected)',
    ],
    ['an HttpException', 'missing', { error: true }, 'NotFoundException: no such item'],
    ['an RpcException', 'refused', { fault: true }, 'RpcException: not like this'],
  ])('records %s', async (_what, pattern, flags, cause) => {
    expect(await send(pattern, 'x')).toHaveProperty('thrown');
    const [segment] = await recorded();
    const { type, message } = (segment!.cause as { exceptions: any[] }).exceptions[0];
    expect(`${type}: ${message}`).toBe(cause);
    expect({ fault: segment!.fault, error: segment!.error }).toEqual({
      fault: undefined,
      error: undefined,
      ...flags,
    });
  });

  it('keeps the cause of an error that a filter turned into an answer', async () => {
    expect(await send('mapped')).toEqual(['mapped by a filter']);
    const [segment] = await recorded();
    expect(segment!.cause).toMatchObject({ exceptions: [{ message: 'too far' }] });
  });

  it('is also recorded for an event', async () => {
    await firstValueFrom(client.emit('sold', 'pear').pipe(map(() => 0)), { defaultValue: 0 });
    const [segment] = await recorded();
    expect(segment).toMatchObject({
      annotations: { rpc_pattern: 'sold' },
      subsegments: [{ name: 'Stock.count' }],
    });
  });

  it.each([
    ['an exception without a name in the answer', 'refused', 'RpcException', 'not like this'],
    ['an exception that the answer names', 'shut', 'OutOfHours', 'closed on Mondays'],
  ])('marks %s as remote at the caller', async (_what, pattern, type, message) => {
    const caller = service.get(XrayService);
    await caller.captureSegment('caller', () => send(pattern));
    const documents = await recorded(2);
    const asking = documents.find(({ name }) => name === 'caller')!;
    expect(asking.subsegments).toMatchObject([
      {
        namespace: 'remote',
        fault: true,
        cause: { exceptions: [{ type, message, remote: true }] },
      },
    ]);
  });

  it('has the same pattern, whatever the order of its keys', async () => {
    await send({ of: 'pears', cmd: 'weigh' });
    const [segment] = await recorded();
    expect(segment!.annotations).toEqual({ rpc_pattern: '{"cmd":"weigh","of":"pears"}' });
  });

  it('continues the trace of the sender, with its call as parent', async () => {
    const caller = service.get(XrayService);
    await caller.captureSegment('caller', () => send({ cmd: 'count' }, 'fig'));
    const documents = await recorded(2);
    const asking = documents.find(({ name }) => name === 'caller')!;
    const answering = documents.find(({ name }) => name === 'stock')!;
    expect(answering).toMatchObject({
      trace_id: asking.trace_id,
      parent_id: asking.subsegments![0]!.id,
    });
  });
});

@WebSocketGateway()
class ChatGateway {
  constructor(private readonly stock: Stock) {}

  @SubscribeMessage('count')
  async count(@MessageBody() item: string): Promise<WsResponse<number>> {
    return { event: 'counted', data: await this.stock.count(item) };
  }

  @SubscribeMessage('each')
  each(): Observable<WsResponse<number>> {
    return this.stock.each().pipe(map((data) => ({ event: 'one', data })));
  }

  @SubscribeMessage('closed')
  @UseGuards(Closed)
  closed(): void {}

  @SubscribeMessage('broken')
  broken(): void {
    throw new WsException('broken');
  }
}

describe.each([
  ['ws', WsAdapter],
  ['socket.io', IoAdapter],
] as const)('a segment of a gateway on %s', (platform, Adapter) => {
  let app: Awaited<ReturnType<typeof NestFactory.create>>;
  let emit: (event: string, data?: unknown) => void;
  let close: () => void;

  beforeAll(async () => {
    @Module({ imports: [tracing(false)], providers: [Stock, ChatGateway] })
    class ChatModule {}
    app = await NestFactory.create(ChatModule, { logger: false });
    app.useWebSocketAdapter(new Adapter(app));
    await app.listen(0, '127.0.0.1');
    const { port } = (app.getHttpServer() as Server).address() as AddressInfo;
    if (platform === 'ws') {
      const socket = new WebSocket(`ws://127.0.0.1:${port}`);
      await once(socket, 'open');
      emit = (event, data) => socket.send(JSON.stringify({ event, data }));
      close = () => socket.terminate();
    } else {
      const socket = io(`http://127.0.0.1:${port}`, { transports: ['websocket'] });
      await new Promise<void>((done) => socket.on('connect', done));
      emit = (event, data) => socket.emit(event, data);
      close = () => void socket.disconnect();
    }
  });
  afterAll(async () => {
    close();
    await app.close();
  });

  it('contains event, handler and the nested calls', async () => {
    emit('count', 'apple');
    const [segment] = await recorded();
    expect(segment).toMatchObject({
      name: 'stock',
      annotations: { ws_event: 'count' },
      metadata: { nest: { controller: 'ChatGateway', handler: 'count' } },
      subsegments: [{ name: 'Stock.count' }],
    });
  });

  it('is open until an Observable has completed', async () => {
    emit('each');
    const [segment] = await recorded();
    expect(segment).toMatchObject({ subsegments: [{ name: 'Stock.each' }] });
    expect(segment!.in_progress).toBeUndefined();
  });

  it.each([
    ['closed', 'WsException: Forbidden resource'],
    ['broken', 'WsException: broken'],
  ])('records what was thrown at %s', async (event, cause) => {
    emit(event);
    const [segment] = await recorded();
    const { type, message } = (segment!.cause as { exceptions: any[] }).exceptions[0];
    expect([`${type}: ${message}`, segment!.fault]).toEqual([cause, true]);
  });
});

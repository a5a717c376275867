import { Module } from '@nestjs/common';
import { HttpAdapterHost, NestFactory } from '@nestjs/core';
import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer';
import { RouterResponseController } from '@nestjs/core/router/router-response-controller';
import {
  ClientGrpcProxy,
  ClientNats,
  ClientTCP,
  ServerKafka,
  ServerTCP,
} from '@nestjs/microservices';
import { RpcContextCreator } from '@nestjs/microservices/context/rpc-context-creator';
import { RpcProxy } from '@nestjs/microservices/context/rpc-proxy';
import { Test } from '@nestjs/testing';
import { WsContextCreator } from '@nestjs/websockets/context/ws-context-creator';
import { WsProxy } from '@nestjs/websockets/context/ws-proxy';
import { XrayModule } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';

/** What an application says at its start. */
async function warningsAtStart(): Promise<string[]> {
  const warnings: string[] = [];
  const logger = { warn: (message: string) => void warnings.push(message) };
  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'shop', emitter: new MemoryEmitter(), logger })],
  })
  class App {}
  const app = await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  await (await fetch(await app.getUrl())).text();
  await app.close();
  return warnings;
}

/** Runs `work` while `owner` has no such member, as a future version of Nest may not. */
async function without<T>(owner: object, key: string, work: () => Promise<T>): Promise<T> {
  const descriptor = Object.getOwnPropertyDescriptor(owner, key)!;
  Reflect.deleteProperty(owner, key);
  try {
    return await work();
  } finally {
    Object.defineProperty(owner, key, descriptor);
  }
}

describe('an internal part of Nest', () => {
  it('exists in this version of Nest', async () => {
    expect(await warningsAtStart()).toEqual([]);
  });

  it.each([
    [InterceptorsConsumer, 'intercept', 'requests are recorded, but Nest spends'],
    [RouterResponseController, 'sse', 'an error that ends a stream of @Sse() is not recorded'],
    [RpcContextCreator, 'create', 'messages of microservices get no segment'],
    [RpcProxy, 'handleError', 'what message handlers throw'],
    [WsContextCreator, 'create', 'WebSocket events get no segment'],
    [WsProxy, 'handleError', 'what handlers of WebSocket events throw'],
    [ServerTCP, 'handleMessage', 'messages that come to it start traces of their own'],
    [ServerKafka, 'handleMessage', 'messages that come to it start traces of their own'],
    [ClientTCP, 'publish', 'what it sends is not recorded'],
    [ClientNats, 'publish', 'what it sends is not recorded'],
    [ClientGrpcProxy, 'createServiceMethod', 'its calls are not recorded'],
  ] as const)(
    '%p.%s is missing: a warning says what is not recorded',
    async (owner, method, consequence) => {
      const warnings = await without(owner.prototype, method, warningsAtStart);

      expect(warnings).toEqual([expect.stringContaining(consequence)]);
      expect(warnings[0]).toMatch(/Could not find .* in @nestjs\/.*look for a newer one/);
    },
  );

  it('ExceptionsHandler.next is missing: a warning says so before the first request', async () => {
    const warnings: string[] = [];
    const logger = { warn: (message: string) => void warnings.push(message) };
    @Module({
      imports: [XrayModule.forRoot({ serviceName: 'shop', emitter: new MemoryEmitter(), logger })],
    })
    class App {}
    await without(ExceptionsHandler.prototype, 'next', async () => {
      const app = await NestFactory.create(App, { logger: false });
      await app.init();
      await app.close();
    });

    expect(warnings).toEqual([expect.stringContaining('guards, pipes and middleware')]);
  });

  it('HttpAdapterHost has no accessor: a warning says that applications under test are not traced', async () => {
    const warnings: string[] = [];
    const logger = { warn: (message: string) => void warnings.push(message) };
    const emitter = new MemoryEmitter();
    await without(HttpAdapterHost.prototype, 'httpAdapter', () =>
      Test.createTestingModule({
        imports: [XrayModule.forRoot({ serviceName: 'shop', emitter, logger })],
      }).compile(),
    );

    expect(warnings).toEqual([expect.stringContaining('createNestApplication()')]);
  });
});

import { Controller, Get, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { InterceptorsConsumer } from '@nestjs/core/interceptors/interceptors-consumer';
import { ExceptionsHandler } from '@nestjs/core/exceptions/exceptions-handler';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { Segment, Subsegment, XrayModule, XrayService } from 'nestjs-xray';
import dgram from 'node:dgram';
import { once } from 'node:events';
import fs from 'node:fs';
import http, { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

@Injectable()
class Cart {
  @Subsegment()
  total(): number {
    return 3;
  }
  @Segment('job')
  job(): number {
    return this.total();
  }
}

@Controller()
class CartController {
  constructor(private readonly cart: Cart) {}
  @Get('total')
  total(): { total: number } {
    return { total: this.cart.job() };
  }
}

/** Options of which not one could work, were the module on. */
const HOPELESS = {
  serviceName: undefined as never,
  enabled: false,
  sampling: { file: 'none.json' },
  redact: 'x' as never,
  ignore: 5 as never,
  autoTrace: 7 as never,
  plugins: ['ec3' as never],
  daemonAddress: 'nonsense',
  contextMissing: 'error' as const,
  mistyped: true,
};

/** What the module patches when it is on. */
const patchable = () => [
  InterceptorsConsumer.prototype.intercept,
  ExceptionsHandler.prototype.next,
  http.request,
  http.get,
];

describe('enabled: false', () => {
  // Nothing here may be loaded with the module on: patches are the process's, and stay.
  const before = patchable();
  const environment = { ...process.env };
  afterEach(() => void (process.env = { ...environment }));

  const ways: [string, (options: object) => DynamicModule][] = [
    ['forRoot', (options) => XrayModule.forRoot(options as never)],
    ['forRootAsync', (options) => XrayModule.forRootAsync({ useFactory: () => options as never })],
  ];

  describe.each(ways)('by %s', (_, module) => {
    it.each([
      ['Express', undefined],
      ['Fastify', new FastifyAdapter()],
    ])(
      'leaves an application on %s unchanged, whatever the other options are',
      async (name, adapter) => {
        process.env.XRAY_EXPORTER = 'jaeger';
        process.env.AWS_XRAY_DAEMON_ADDRESS = 'nonsense';
        const read = jest.spyOn(fs, 'readFileSync');
        const socket = jest.spyOn(dgram, 'createSocket');
        const listeners = process.listenerCount('beforeExit');

        @Module({ imports: [module(HOPELESS)], controllers: [CartController], providers: [Cart] })
        class App {}
        const app = adapter
          ? await NestFactory.create(App, new FastifyAdapter(), { logger: false })
          : await NestFactory.create(App, { logger: false });
        await app.listen(0, '127.0.0.1');
        const { port } = app.getHttpServer().address() as AddressInfo;
        const answer = await fetch(`http://127.0.0.1:${port}/total`);

        expect([name, await answer.json()]).toEqual([name, { total: 3 }]);
        const xray = app.get(XrayService);
        expect(xray.captureSegment('work', () => xray.traceId)).toBeUndefined();
        expect(xray.stats()).toMatchObject({ opened: 0, closed: 0, sent: 0 });
        expect(patchable()).toEqual(before);
        expect(process.listenerCount('beforeExit')).toBe(listeners);
        expect(socket).not.toHaveBeenCalled();
        expect(read.mock.calls.filter(([file]) => file === 'none.json')).toEqual([]);
        await app.close();
        read.mockRestore();
        socket.mockRestore();
      },
    );

    it('sends no request to the daemon', async () => {
      const asked: string[] = [];
      const daemon = createServer((request, response) => {
        asked.push(request.url!);
        response.end('{}');
      });
      await once(daemon.listen(0, '127.0.0.1'), 'listening');
      const { port } = daemon.address() as AddressInfo;
      const options = {
        serviceName: 'shop',
        enabled: false,
        sampling: 'central',
        daemonAddress: `127.0.0.1:${port}`,
      };

      @Module({ imports: [module(options)] })
      class App {}
      const app = await NestFactory.createApplicationContext(App, { logger: false });
      // Were it asked, it would be before this: the sampler asks when it is made.
      await fetch(`http://127.0.0.1:${port}/a question of ours`);
      expect(asked).toEqual(['/a%20question%20of%20ours']);
      await app.close();
      daemon.closeAllConnections();
      daemon.close();
    });
  });
});

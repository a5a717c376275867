import { Controller, Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  ClientProxyFactory,
  EventPattern,
  MessagePattern,
  Transport,
  type ClientProxy,
  type MicroserviceOptions,
} from '@nestjs/microservices';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { firstValueFrom } from 'rxjs';
import { formatTraceHeader, parseTraceHeader } from '@nestjs-xray/document';
import { incomingRpcTrace } from '../src/instrumentation/nest/rpc-header';
import { tracing, type Tracing } from './tracing';

const events: (string | undefined)[] = [];
let asked = 0;

const incomingRpcHeader = (): string | undefined => {
  const trace = incomingRpcTrace();
  return trace && formatTraceHeader(trace);
};

/** Answers with the trace header that came with the message. */
@Controller()
class Callee {
  @MessagePattern({ cmd: 'header' })
  header(): string | undefined {
    return incomingRpcHeader();
  }

  @MessagePattern('silent')
  silent(): Promise<never> {
    asked++;
    return new Promise(() => undefined);
  }

  @MessagePattern('broken')
  broken(): never {
    throw new Error('no');
  }

  @EventPattern('noted')
  noted(_data: unknown): void {
    events.push(incomingRpcHeader());
  }
}

@Module({ controllers: [Callee] })
class CalleeModule {}

describe("a message sent by Nest's ClientProxy over TCP", () => {
  let xray: Tracing;
  let client: ClientProxy;
  let port: number;
  let callee: Awaited<ReturnType<typeof NestFactory.createMicroservice>>;

  beforeAll(async () => {
    xray = await tracing({ serviceName: 'shop' });
    callee = await NestFactory.createMicroservice<MicroserviceOptions>(CalleeModule, {
      transport: Transport.TCP,
      options: { port: 0, host: '127.0.0.1' },
      logger: false,
    });
    await callee.listen();
    port = (callee.unwrap<Server>().address() as AddressInfo).port;
    client = ClientProxyFactory.create({
      transport: Transport.TCP,
      options: { host: '127.0.0.1', port },
    });
    await client.connect();
  });
  afterAll(async () => {
    await client.close();
    await callee.close();
    await xray.close();
  });

  it('is a remote subsegment and carries its id as Parent', async () => {
    const { result, segment } = await xray.request(() =>
      firstValueFrom(client.send<string>({ cmd: 'header' }, {})),
    );
    const [call] = segment.subsegments!;
    expect(call).toMatchObject({
      name: `127.0.0.1:${port}`,
      namespace: 'remote',
      metadata: { nest: { rpc: { pattern: '{"cmd":"header"}', transport: 'TCP' } } },
    });
    expect(parseTraceHeader(result)).toEqual({
      root: segment.trace_id,
      parent: call!.id,
      sampled: true,
    });
  });

  it('carries its own header if 20 requests send at once', async () => {
    const requests = await Promise.all(
      Array.from({ length: 20 }, () =>
        xray.request(() => firstValueFrom(client.send<string>({ cmd: 'header' }, {}))),
      ),
    );
    for (const { result, segment } of requests) {
      expect(parseTraceHeader(result).root).toBe(segment.trace_id);
      expect(segment.subsegments).toHaveLength(1);
    }
  });

  it('returns the answer in the context of its caller', async () => {
    const { result, segment } = await xray.request(
      () =>
        new Promise((done) =>
          client.send({ cmd: 'header' }, {}).subscribe(() => done(xray.service.traceId)),
        ),
    );
    expect(result).toBe(segment.trace_id);
  });

  it('ends when nobody waits for the answer any more', async () => {
    const { segment } = await xray.request(async () => {
      const waiting = client.send('silent', {}).subscribe();
      while (asked === 0) await new Promise((turn) => setImmediate(turn));
      waiting.unsubscribe();
    });
    expect(segment.subsegments).toMatchObject([
      { namespace: 'remote', end_time: expect.any(Number) },
    ]);
  });

  it('is also recorded for an event', async () => {
    events.length = 0;
    const { segment } = await xray.request(() =>
      firstValueFrom(client.emit('noted', {}), { defaultValue: undefined }),
    );
    while (events.length === 0) await new Promise((turn) => setImmediate(turn));
    expect(parseTraceHeader(events[0])).toMatchObject({
      root: segment.trace_id,
      parent: segment.subsegments![0]!.id,
    });
  });

  it('marks a handler that fails', async () => {
    const { segment } = await xray.request(() =>
      firstValueFrom(client.send('broken', {})).catch(() => undefined),
    );
    expect(segment.subsegments).toMatchObject([{ fault: true, end_time: expect.any(Number) }]);
  });

  it('marks a service that cannot be reached', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((done) => free.once('listening', done));
    const options = { host: '127.0.0.1', port: (free.address() as AddressInfo).port };
    await new Promise((done) => free.close(done));
    const lost = ClientProxyFactory.create({ transport: Transport.TCP, options });
    const { result, segment } = await xray.request(() =>
      firstValueFrom(lost.send('x', {})).catch((thrown: { code: string }) => thrown.code),
    );
    expect(result).toBe('ECONNREFUSED');
    expect(segment.subsegments).toMatchObject([{ name: `127.0.0.1:${options.port}`, fault: true }]);
  });

  it('passes on Sampled=0 in a request that is not sampled', async () => {
    const root = '1-5759e988-bd862e3fe1be46a994272793';
    const { result } = await xray.request(
      () => firstValueFrom(client.send<string>({ cmd: 'header' }, {})),
      { 'x-amzn-trace-id': `Root=${root};Sampled=0;Lineage=a:1` },
    );
    expect(parseTraceHeader(result)).toMatchObject({ root, sampled: false, extra: 'Lineage=a:1' });
  });

  it.each([{ capture: false }, { capture: { rpc: false } }, { capture: { headerHosts: [] } }])(
    'sends no header with %j',
    async (options) => {
      const quiet = await tracing({ serviceName: 'quiet', ...options });
      const { result } = await quiet.request(() =>
        firstValueFrom(client.send<string>({ cmd: 'header' }, {}), { defaultValue: undefined }),
      );
      expect(result).toBeUndefined();
      await quiet.close();
    },
  );
});

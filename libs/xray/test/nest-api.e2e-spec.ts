import {
  ConsoleLogger,
  Controller,
  Get,
  Injectable,
  Logger,
  Module,
  type LoggerService,
  type OnApplicationBootstrap,
  type OnModuleInit,
} from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  Annotation,
  capture,
  ContextMissingError,
  CurrentSegment,
  Segment,
  Subsegment,
  XrayModule,
  XrayService,
  type SegmentNode,
  type XrayOptions,
} from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import type { AddressInfo } from 'node:net';

const emitter = new MemoryEmitter();

@Injectable()
class Jobs {
  private readonly logger = new Logger('Jobs');

  @Segment({
    name: 'nightly',
    annotations: ([night]: [number], result?: string) => ({ night, ok: result === 'done' }),
    metadata: { fixed: 1 },
    captureResult: true,
  })
  async run(night: number): Promise<string> {
    await Promise.resolve(night);
    return 'done';
  }

  @Segment({ onError: () => 'throttle' })
  busy(@Annotation('queue') _queue: string): void {
    throw new Error('busy');
  }

  @Segment()
  chat(): void {
    this.logger.log('begun');
    capture('inside', () => {
      this.logger.warn({ left: 3, password: 'x' });
      Logger.error('static', 'Error: x\n    at f (/a.js:1:1)', 'Somewhere');
      this.logger.debug('hidden by its level');
    });
  }

  @Segment()
  much(): void {
    for (let n = 0; n < 500; n++) this.logger.log(`line ${n}`);
  }
}

@Subsegment('cart')
@Injectable()
class Cart implements OnModuleInit, OnApplicationBootstrap {
  started = 0;
  onModuleInit(): void {
    this.started += this.total();
  }
  async onApplicationBootstrap(): Promise<void> {
    await Promise.resolve();
    this.started += this.total();
  }
  total(): number {
    return 1;
  }
  @Subsegment('its own')
  own(): number {
    return 2;
  }
}

@Controller()
class ShopController {
  constructor(private readonly cart: Cart) {}

  @Get('total')
  total(@CurrentSegment() segment: SegmentNode | undefined): number {
    segment?.setUser('bayko');
    segment?.addAnnotation('seen', true);
    return this.cart.total() + this.cart.own();
  }
}

async function start(options: Partial<XrayOptions> = {}, logger: LoggerService | false = false) {
  emitter.documents.length = 0;
  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'shop', emitter, ...options })],
    controllers: [ShopController],
    providers: [Jobs, Cart],
  })
  class App {}
  const app = await NestFactory.create(App, { logger, abortOnError: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  return { app, url: `http://127.0.0.1:${port}` };
}

const documents = async (count: number) => {
  while (emitter.documents.length < count) await new Promise((turn) => setImmediate(turn));
  return emitter.documents;
};

describe('@Segment', () => {
  it('accepts the options of @Subsegment', async () => {
    const { app } = await start();
    await app.get(Jobs).run(7);
    expect(() => app.get(Jobs).busy('mails')).toThrow('busy');
    expect(emitter.documents).toMatchObject([
      {
        name: 'nightly',
        annotations: { night: 7, ok: true },
        metadata: { default: { fixed: 1, result: 'done' } },
      },
      { name: 'Jobs.busy', error: true, throttle: true, annotations: { queue: 'mails' } },
    ]);
    await app.close();
  });
});

describe('a name on the decorator of a class', () => {
  it('is the prefix of the names of its methods', async () => {
    const { app, url } = await start();
    await fetch(`${url}/total`);
    const [segment] = await documents(1);
    expect(segment!.subsegments!.map(({ name }) => name)).toEqual(['cart.total', 'its own']);
    await app.close();
  });
});

describe('@CurrentSegment', () => {
  it('injects the segment of the request into a handler', async () => {
    const { app, url } = await start();
    await fetch(`${url}/total`);
    const [segment] = await documents(1);
    expect(segment).toMatchObject({ user: 'bayko', annotations: { seen: true } });
    await app.close();
  });

  it('is undefined if the request is not recorded', async () => {
    const { app, url } = await start({ sampling: 0 });
    expect(await (await fetch(`${url}/total`)).text()).toBe('3');
    await app.close();
  });
});

describe("contextMissing: 'error'", () => {
  it('does not stop the application because of lifecycle hooks, and logs their calls', async () => {
    const said: string[] = [];
    const { app } = await start({
      contextMissing: 'error',
      logger: { warn: (message) => void said.push(message) },
    });
    expect(app.get(Cart).started).toBe(2);
    expect(said.join()).toContain('Cannot trace cart.onModuleInit');
    expect(() => app.get(Cart).total()).toThrow(ContextMissingError);
    await app.close();
  });
});

describe('the service information of a segment', () => {
  it('contains the version and the log groups', async () => {
    const arn = 'arn:aws:logs:eu-central-1:123456789012:log-group:/shop/api';
    const { app } = await start({ serviceVersion: '1.4.0', logGroups: ['plain', `${arn}:*`] });
    await app.get(Jobs).run(1);
    expect(emitter.documents).toMatchObject([
      {
        service: { version: '1.4.0', runtime: 'node' },
        aws: { cloudwatch_logs: [{ log_group: 'plain' }, { log_group: '/shop/api', arn }] },
      },
    ]);
    await app.close();
  });
});

describe('log lines', () => {
  /** Keeps what Nest prints. */
  class Printed extends ConsoleLogger {
    readonly lines: string[] = [];
    protected override printMessages(messages: unknown[]): void {
      this.lines.push(...messages.map((each) => JSON.stringify(each)));
    }
  }

  it('are recorded on the node that was active when they were logged, and printed once', async () => {
    const printed = new Printed('', { logLevels: ['log', 'warn', 'error'] });
    const { app } = await start({}, printed);
    Logger.overrideLogger(['log', 'warn', 'error']);
    printed.lines.length = 0;
    app.get(Jobs).chat();
    const [{ metadata, subsegments, start_time }] = emitter.documents as [any];
    expect(metadata.default.logs).toEqual([
      { time: expect.any(Number), level: 'log', context: 'Jobs', message: 'begun' },
    ]);
    expect(metadata.default.logs[0].time).toBeGreaterThanOrEqual(start_time);
    expect(subsegments[0].metadata.default.logs).toMatchObject([
      { level: 'warn', context: 'Jobs', message: { left: 3, password: '[redacted]' } },
      {
        level: 'error',
        context: 'Somewhere',
        message: 'static',
        details: [expect.stringContaining('Error: x')],
      },
    ]);
    expect(printed.lines.filter((line) => line.includes('begun'))).toHaveLength(1);
    expect(printed.lines.filter((line) => line.includes('static'))).toHaveLength(1);
    await app.close();
  });

  it('are recorded once if a class passes them on to Nest, and with any logger of the application', async () => {
    class Own extends Logger {
      override log(message: unknown): void {
        super.log(`own: ${String(message)}`);
      }
    }
    const printed: unknown[][] = [];
    const print = (...args: unknown[]) => void printed.push(args);
    const { app } = await start({}, { log: print, error: print, warn: print });
    printed.length = 0;
    app.get(XrayService).captureSegment('job', () => new Own('Shop').log('sold'));
    const message = 'own: sold';
    expect((emitter.documents[0] as any).metadata.default.logs).toMatchObject([{ message }]);
    expect(printed).toEqual([[message, 'Shop']]);
    await app.close();
  });

  it('are left out below the level that the logger prints', async () => {
    const { app } = await start({}, new Printed('', { logLevels: ['error'] }));
    app.get(Jobs).chat();
    const [{ metadata, subsegments }] = emitter.documents as [any];
    expect(metadata?.default?.logs).toBeUndefined();
    expect(subsegments[0].metadata.default.logs).toMatchObject([{ level: 'error' }]);
    await app.close();
  });

  it('are limited to 200 per segment or subsegment', async () => {
    const { app } = await start();
    app.get(Jobs).much();
    const { logs } = (emitter.documents[0] as any).metadata.default;
    expect(logs).toHaveLength(200);
    expect(logs.at(-1)).toBe('[301 more]');
    await app.close();
  });

  it('are left out if the option is off, and in production', async () => {
    const { app } = await start({ logs: false, source: false });
    app.get(Jobs).chat();
    expect(emitter.documents[0]!.metadata).toBeUndefined();
    await app.close();
    const { NODE_ENV } = process.env;
    process.env.NODE_ENV = 'production';
    const other = await start();
    other.app.get(Jobs).chat();
    expect(emitter.documents[0]!.metadata).toBeUndefined();
    await other.app.close();
    process.env.NODE_ENV = NODE_ENV;
  });
});

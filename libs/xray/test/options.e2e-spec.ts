import { Inject, Injectable, Module, type DynamicModule } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import {
  OtlpEmitter,
  UdpEmitter,
  XRAY_OPTIONS,
  XrayConfigurationError,
  XrayModule,
  XrayOptionsError,
  XrayService,
  type XrayModuleAsyncOptions,
  type XrayOptions,
  type XrayOptionsFactory,
} from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';

/** Starts an application with the module, and ends it. */
async function start(module: () => DynamicModule): Promise<void> {
  @Module({ imports: [module()] })
  class App {}
  const app = await NestFactory.createApplicationContext(App, {
    logger: false,
    abortOnError: false,
  });
  await app.close();
}

const emitter = new MemoryEmitter();
const startWith = (options: object) =>
  start(() => XrayModule.forRoot({ serviceName: 'shop', emitter, ...options }));

/** Values that no number of anything can be. */
const NO_NUMBERS = [NaN, Infinity, -Infinity, -1, 0.5, '1', null, true, [1], {}];

describe('invalid options stop the application at startup with a message:', () => {
  it.each<[object, string]>([
    [{ serviceName: undefined }, 'without serviceName: it takes a name, or leave it to AWS_XRAY'],
    [{ serviceName: '' }, "serviceName '': it takes a name"],
    [{ serviceName: 5 }, 'serviceName 5: it takes a name'],
    [{ dynamicNaming: /x/ }, 'dynamicNaming /x/: it takes a glob'],
    [{ emitter: MemoryEmitter }, 'an object with emit(), flush() and close()'],
    [{ emitter: { emit: () => undefined } }, 'an object with emit(), flush() and close()'],
    [{ sampling: 5 }, 'sampling 5: it takes a share from 0 to 1'],
    [{ sampling: NaN }, 'sampling NaN: it takes a share from 0 to 1'],
    [{ sampling: 'always' }, "sampling 'always': it takes"],
    [{ sampling: { file: 5 } }, '"file" is not the path of a file'],
    [{ sampling: { file: 'rules.json', rules: [] } }, '"rules" cannot be combined with "file"'],
    [{ contextMissing: 'LOG_ERROR' }, 'it takes "ignore", "log" or "error"'],
    [{ ignore: ['/a', /health/] }, 'it takes path globs, predicates, or a list of them'],
    [{ urlQuery: true }, 'urlQuery true: it takes "strip" or "keep"'],
    [{ applicationSignals: 'yes' }, "applicationSignals 'yes': it takes true, false, or an object"],
    [{ applicationSignals: { url: 'agent' } }, "applicationSignals.url 'agent': it takes a URL"],
    [{ applicationSignals: { intervalMs: 60_001 } }, 'milliseconds from 1 to 60000'],
    [{ applicationSignals: { exporter: {} } }, 'with export(), forceFlush() and shutdown()'],
    [{ applicationSignals: { uri: 'http://a' } }, 'Did you mean applicationSignals.url?'],
    [{ redact: 'ssn' }, "redact 'ssn': it takes a list of keys, or a pattern"],
    [{ autoTrace: /Service/ }, 'it takes true, false, globs of class names'],
    [{ plugins: 'ec2' }, "plugins 'ec2': it takes a list"],
    [{ plugins: ['ec3'] }, 'There is no X-Ray plugin "ec3"'],
    [{ maxDocumentBytes: '64k' }, "maxDocumentBytes '64k': it takes a whole number of bytes"],
    [
      { maxDocumentBytes: 999 },
      'maxDocumentBytes 999: it takes a whole number of bytes from 1,000',
    ],
    [{ shutdownTimeoutMs: 2 ** 31 }, 'from 0 to 2147483647'],
    [{ logger: {} }, 'logger {}: it takes an object with warn()'],
    [{ enabled: 'false' }, "enabled 'false': it takes true or false"],
    [{ interceptor: 'no' }, "interceptor 'no': it takes true or false"],
    [{ daemonAddress: 'nonsense' }, 'Cannot use "nonsense" from daemonAddress'],
    [{ samplng: 0 }, 'with samplng: there is no such option. Did you mean sampling?'],
    [{ SERVICENAME: 'x' }, 'Did you mean serviceName?'],
    [{ colour: 'red' }, 'with colour: there is no such option. Correct'],
    [{ 'a b\n': 1 }, "with 'a b\\n': there is no such option"],
    [
      { capture: { htttp: false } },
      'with capture.htttp: there is no such option. Did you mean capture.http?',
    ],
    [{ capture: { http: 'no' } }, "capture.http 'no': it takes true, false, or a predicate"],
    [{ capture: { headerHosts: 5 } }, 'capture.headerHosts 5: it takes a list of globs'],
    [{ capture: ['http'] }, 'it takes true, false, or an object that says which'],
    [{ graphql: { trivialFields: 1 } }, 'graphql.trivialFields 1: it takes true or false'],
    [{ graphql: { fields: true } }, 'with graphql.fields: there is no such option'],
  ])('%j', async (given, message) => {
    const starting = startWith({
      emitter: 'daemonAddress' in given ? undefined : emitter,
      ...given,
    });
    await expect(starting).rejects.toThrow(XrayConfigurationError);
    await expect(starting).rejects.toThrow(message);
  });

  it.each(['maxDocumentBytes', 'shutdownTimeoutMs'])('%s that is no number', async (name) => {
    for (const value of NO_NUMBERS) {
      await expect(startWith({ [name]: value })).rejects.toThrow(`with ${name} `);
    }
  });

  it('no options', async () => {
    const forRoot = XrayModule.forRoot as unknown as (options?: unknown) => DynamicModule;
    const message = 'Cannot start XrayModule without serviceName';
    await expect(start(() => forRoot.call(XrayModule))).rejects.toThrow(message);
    await expect(start(() => forRoot.call(XrayModule, null))).rejects.toThrow(message);
  });

  it.each([null, undefined, 'shop', []])('a factory that makes %j', async (made) => {
    const useFactory = () => made as never;
    const starting = start(() => XrayModule.forRootAsync({ useFactory }));
    await expect(starting).rejects.toThrow('it takes an object of them');
  });

  it('options of the module definition that the factory returned', async () => {
    const useFactory = () => ({ serviceName: 'shop', emitter, interceptor: false });
    const starting = start(() => XrayModule.forRootAsync({ useFactory }));
    await expect(starting).rejects.toThrow('forRootAsync({ interceptor, useFactory })');
  });

  it.each<[object, string]>([
    [{}, 'Pass useFactory, useClass or useExisting'],
    [{ useFactory: { serviceName: 'x' } }, 'it takes a function that makes the options'],
    [{ useFactry: () => ({}) }, 'Did you mean useFactory?'],
    [{ useFactory: () => ({}), interceptor: 1 }, 'interceptor 1: it takes true or false'],
  ])('forRootAsync(%j)', (given, message) => {
    const forRootAsync = () => XrayModule.forRootAsync(given);
    expect(forRootAsync).toThrow(XrayOptionsError);
    expect(forRootAsync).toThrow(message);
  });
});

describe('undefined', () => {
  it('stands for the default of every option', async () => {
    const names = ['sampling', 'capture', 'ignore', 'redact', 'plugins', 'maxDocumentBytes'];
    const options = Object.fromEntries(names.map((name) => [name, undefined]));
    await startWith({ ...options, mistyped: undefined });
    await startWith({ capture: { http: undefined, headerHosts: undefined } });
  });

  it('stands for the default of emitter options', async () => {
    const at = { host: '127.0.0.1', port: 2000 };
    expect(() => new UdpEmitter({ ...at, logger: undefined })).not.toThrow();
    const otlp = new OtlpEmitter({ url: undefined, maxBatch: undefined, headers: undefined });
    await otlp.close();
  });
});

describe('options of emitters are checked as strictly:', () => {
  const address = { host: '127.0.0.1', port: 2000 };
  it.each<[object | undefined, string]>([
    [undefined, 'Cannot create a UdpEmitter with options undefined'],
    [{ host: '127.0.0.1' }, 'without port: it takes a port from 1 to 65535'],
    [{ ...address, port: '2000' }, "port '2000': it takes a port"],
    [{ ...address, port: 0 }, 'port 0: it takes a port'],
    [{ ...address, port: NaN }, 'port NaN: it takes a port'],
    [{ ...address, maxBytes: 5 }, 'with maxBytes: there is no such option'],
    [{ ...address, maxDocumentBytes: 0 }, 'maxDocumentBytes 0: it takes'],
    [{ ...address, logger: 'console' }, "logger 'console': it takes an object with warn()"],
  ])('new UdpEmitter(%j)', (given, message) => {
    const make = () => new UdpEmitter(given as never);
    expect(make).toThrow(XrayOptionsError);
    expect(make).toThrow(message);
  });

  it.each<[object, string]>([
    [{ url: 'collector' }, "url 'collector': it takes a URL such as"],
    [{ url: 'collector:4318' }, "url 'collector:4318': it takes a URL such as"],
    [{ protocol: 'grpc' }, 'it takes "http/protobuf" or "http/json"'],
    [{ gzip: 'gzip' }, "gzip 'gzip': it takes true or false"],
    [{ headers: { authorization: 5 } }, 'it takes an object of strings'],
    [{ resource: 'team=a' }, 'it takes an object of strings'],
    [{ endpoint: 'http://x' }, 'with endpoint: there is no such option'],
    [{ timeoutMS: 5 }, 'Did you mean timeoutMs?'],
  ])('new OtlpEmitter(%j)', (given, message) => {
    const make = () => new OtlpEmitter(given);
    expect(make).toThrow(XrayOptionsError);
    expect(make).toThrow(message);
  });

  it.each(['timeoutMs', 'delayMs', 'maxQueue', 'maxBatch'])('no number as %s', (name) => {
    for (const value of [0, ...NO_NUMBERS]) {
      expect(() => new OtlpEmitter({ [name]: value })).toThrow(`with ${name} `);
    }
  });
});

describe('an invalid variable', () => {
  const before = { ...process.env };
  afterEach(() => void (process.env = { ...before }));

  it.each([
    ['AWS_XRAY_DAEMON_ADDRESS', 'here', 'Cannot use "here" from AWS_XRAY_DAEMON_ADDRESS'],
    ['XRAY_EXPORTER', 'jaeger', 'XRAY_EXPORTER="jaeger"'],
  ])('is named: %s', async (name, value, message) => {
    process.env[name] = value;
    const starting = startWith({ emitter: undefined });
    await expect(starting).rejects.toThrow(XrayConfigurationError);
    await expect(starting).rejects.toThrow(message);
  });

  it.each([
    ['OTEL_EXPORTER_OTLP_ENDPOINT', 'tempo:4318'],
    ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'tempo:4318'],
    ['OTEL_EXPORTER_OTLP_HEADERS', 'key'],
    ['OTEL_EXPORTER_OTLP_TRACES_HEADERS', 'key'],
    ['OTEL_EXPORTER_OTLP_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL', 'grpc'],
    ['OTEL_EXPORTER_OTLP_TRACES_COMPRESSION', 'br'],
    ['OTEL_EXPORTER_OTLP_TRACES_TIMEOUT', '-1'],
    ['OTEL_RESOURCE_ATTRIBUTES', 'team'],
    ['OTEL_BSP_SCHEDULE_DELAY', '9999999999'],
    ['OTEL_BSP_MAX_QUEUE_SIZE', '0'],
    ['OTEL_BSP_MAX_EXPORT_BATCH_SIZE', 'many'],
  ])('of OpenTelemetry is named as it was read: %s', (name, value) => {
    process.env[name] = value;
    expect(() => new OtlpEmitter()).toThrow(XrayConfigurationError);
    expect(() => new OtlpEmitter()).toThrow(`Cannot export by OTLP with ${name}="${value}"`);
  });

  it('is not read if the code sets the option', async () => {
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = 'tempo:4318';
    await new OtlpEmitter({ url: 'http://127.0.0.1:4318/v1/traces' }).close();
  });
});

describe('options created by a class', () => {
  @Injectable()
  class Config implements XrayOptionsFactory {
    async createXrayOptions(): Promise<XrayOptions> {
      return { serviceName: 'made by a class', emitter };
    }
  }

  @Module({ providers: [Config], exports: [Config] })
  class ConfigModule {}

  @Injectable()
  class Reader {
    constructor(@Inject(XRAY_OPTIONS) readonly options: XrayOptions) {}
  }

  it.each<[string, XrayModuleAsyncOptions]>([
    ['useClass', { useClass: Config }],
    ['useExisting', { imports: [ConfigModule], useExisting: Config }],
    [
      'useFactory',
      {
        imports: [ConfigModule],
        inject: [Config],
        useFactory: (config: Config) => config.createXrayOptions(),
      },
    ],
  ])('work by %s, and are injected by XRAY_OPTIONS', async (_, given) => {
    @Module({ imports: [XrayModule.forRootAsync(given)], providers: [Reader] })
    class App {}
    const app = await NestFactory.createApplicationContext(App, { logger: false });
    expect(app.get(Reader).options.serviceName).toBe('made by a class');
    emitter.documents.length = 0;
    app.get(XrayService).captureSegment('job', () => undefined);
    expect(emitter.documents).toMatchObject([{ name: 'job' }]);
    await app.close();
  });
});

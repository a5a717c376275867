import { type DynamicModule, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { LocalXrayEmitter } from './transports/in-process.emitter';
import type { LocalXrayOptions } from './options/local-xray.options';
import { type LocalXray, startLocalXray } from './local-xray.server';

/** Injects the running {@link LocalXray}. */
export const LOCAL_XRAY = Symbol('LocalXray');

/**
 * Runs local X-Ray inside a Nest application, on its own address. Guards, pipes, body limits and
 * tracing of the application do not apply to it.
 *
 * Exports {@link LocalXrayEmitter}, which receives the application's segments without a socket:
 *
 * @example
 * XrayModule.forRootAsync({
 *   inject: [LocalXrayEmitter],
 *   useFactory: (emitter: LocalXrayEmitter) => ({ serviceName: 'shop', emitter }),
 * })
 */
@Module({})
export class LocalXrayModule implements OnApplicationShutdown {
  constructor(@Inject(LOCAL_XRAY) private readonly localXray: LocalXray) {}

  static forRoot(options: LocalXrayOptions = {}): DynamicModule {
    return {
      module: LocalXrayModule,
      global: true,
      providers: [
        { provide: LOCAL_XRAY, useFactory: () => startLocalXray(options) },
        {
          provide: LocalXrayEmitter,
          inject: [LOCAL_XRAY],
          useFactory: (localXray: LocalXray) => localXray.emitter,
        },
      ],
      exports: [LOCAL_XRAY, LocalXrayEmitter],
    };
  }

  async onApplicationShutdown(): Promise<void> {
    await this.localXray.close();
  }
}

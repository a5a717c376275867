import { Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import { Recorder } from './core/recorder';
import { GraphqlOperations } from './entry/graphql-operations';
import { HttpEntry } from './entry/http.entry';
import { MessageEntry } from './entry/message.entry';
import { Wiring } from './wiring/wiring';
import { checkAsyncOptions, checkExtras } from './options/module-options';
import { createRecorder } from './wiring/recorder.factory';
import { ConfigurableModuleClass } from './xray.module-definition';
import {
  XRAY_OPTIONS,
  type XrayModuleAsyncOptions,
  type XrayModuleExtras,
  type XrayOptions,
} from './xray.options';
import { XrayService } from './xray.service';

/**
 * Import once, in the root module; every request then becomes a segment.
 *
 * @example
 * imports: [XrayModule.forRoot({ serviceName: 'backend-nest' })]
 */
@Module({
  imports: [DiscoveryModule],
  providers: [
    { provide: Recorder, inject: [XRAY_OPTIONS], useFactory: createRecorder },
    HttpEntry,
    GraphqlOperations,
    MessageEntry,
    Wiring,
    XrayService,
  ],
  exports: [XrayService, XRAY_OPTIONS],
})
export class XrayModule extends ConfigurableModuleClass implements OnApplicationShutdown {
  static override forRoot(options: XrayOptions & XrayModuleExtras): DynamicModule {
    // Plain JavaScript may call it without options: what is missing is said when the application starts.
    return super.forRoot(checkExtras(options ?? {}));
  }

  static override forRootAsync(options: XrayModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(checkAsyncOptions(options));
  }

  constructor(
    private readonly recorder: Recorder,
    private readonly wiring: Wiring,
  ) {
    super();
  }

  /** What is still on its way leaves before the process does. */
  async onApplicationShutdown(): Promise<void> {
    // Documents are written while they leave, and say where in the code they come from: the wiring goes last.
    await this.recorder.close();
    this.wiring.undo();
  }
}

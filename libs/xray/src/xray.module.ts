import { Module, type DynamicModule } from '@nestjs/common';
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
 * Import it once, in the root module. Every request then becomes a segment.
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
export class XrayModule extends ConfigurableModuleClass {
  static override forRoot(options: XrayOptions & XrayModuleExtras): DynamicModule {
    // Plain JavaScript may call it without options. Missing ones are reported when the application
    // starts.
    return super.forRoot(checkExtras(options ?? {}));
  }

  static override forRootAsync(options: XrayModuleAsyncOptions): DynamicModule {
    return super.forRootAsync(checkAsyncOptions(options));
  }
}

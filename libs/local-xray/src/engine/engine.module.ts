import { type DynamicModule, Module } from '@nestjs/common';
import type { ResolvedOptions } from '../options/local-xray.options';
import { LOCAL_XRAY_OPTIONS } from '../options/tokens';
import { TraceStore } from './trace-store';

/** Provides the store and the options to every feature. */
@Module({})
export class EngineModule {
  static with(options: ResolvedOptions, store: TraceStore): DynamicModule {
    return {
      module: EngineModule,
      global: true,
      providers: [
        { provide: LOCAL_XRAY_OPTIONS, useValue: options },
        { provide: TraceStore, useValue: store },
      ],
      exports: [LOCAL_XRAY_OPTIONS, TraceStore],
    };
  }
}

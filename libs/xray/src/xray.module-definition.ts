import { ConfigurableModuleBuilder, type Provider } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { Recorder } from './core/recorder';
import { SegmentInterceptor } from './entry/segment.interceptor';
import { XRAY_OPTIONS, type XrayModuleExtras, type XrayOptions } from './xray.options';

export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<XrayOptions>({
  optionsInjectionToken: XRAY_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setFactoryMethodName('createXrayOptions')
  .setExtras<XrayModuleExtras>({ interceptor: true }, (definition, { interceptor }) => ({
    ...definition,
    global: true,
    providers: [...(definition.providers ?? []), ...(interceptor === false ? [] : [INTERCEPTOR])],
  }))
  .build();

/**
 * Whether the interceptor is needed may be known only when the factory has run. Nest ignores an
 * undefined interceptor.
 */
const INTERCEPTOR: Provider = {
  provide: APP_INTERCEPTOR,
  inject: [XRAY_OPTIONS, Recorder],
  useFactory: ({ enabled }: XrayOptions, recorder: Recorder) =>
    enabled === false ? undefined : new SegmentInterceptor(recorder),
};

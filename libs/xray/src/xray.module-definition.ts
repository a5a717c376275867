import { ConfigurableModuleBuilder } from '@nestjs/common';
import { APP_INTERCEPTOR } from '@nestjs/core';
import { SegmentInterceptor } from './entry/segment.interceptor';
import { XRAY_OPTIONS, type XrayModuleExtras, type XrayOptions } from './xray.options';

export const { ConfigurableModuleClass } = new ConfigurableModuleBuilder<XrayOptions>({
  optionsInjectionToken: XRAY_OPTIONS,
})
  .setClassMethodName('forRoot')
  .setExtras<XrayModuleExtras>({ interceptor: true }, (definition, { interceptor }) => ({
    ...definition,
    global: true,
    providers: [
      ...(definition.providers ?? []),
      ...(interceptor === false
        ? []
        : [{ provide: APP_INTERCEPTOR, useClass: SegmentInterceptor }]),
    ],
  }))
  .build();

import { ArgumentsHost, Catch } from '@nestjs/common';
import type { Request } from 'express';
import type { XrayService } from 'nestjs-xray';
import type Rollbar from 'rollbar';
import type { CruddurConfig } from '../cruddur.config';
import { traceUrl } from '../tracing/trace-url';
import { describeError } from './describe-error';
import { JsonErrorFilter } from './json-error.filter';

/** Responds like {@link JsonErrorFilter}, and reports every 5xx to Rollbar with its trace. */
@Catch()
export class RollbarFilter extends JsonErrorFilter {
  private constructor(
    private readonly rollbar: Rollbar,
    private readonly config: CruddurConfig,
    xray: XrayService,
  ) {
    super(xray);
  }

  /** Loads Rollbar's library only when there is a token. */
  static async open(
    accessToken: string,
    config: CruddurConfig,
    xray: XrayService,
  ): Promise<RollbarFilter> {
    const { default: Rollbar } = await import('rollbar');
    const rollbar = new Rollbar({
      accessToken,
      ...(config.rollbarEndpoint === undefined ? {} : { endpoint: config.rollbarEndpoint }),
      environment: process.env['NODE_ENV'] ?? 'development',
      codeVersion: process.env['CRUDDUR_VERSION'],
      scrubHeaders: ['authorization', 'cookie'],
      // The filter is the one way in: what Nest did not handle should end the process, as ever.
      captureUncaught: false,
      captureUnhandledRejections: false,
      verbose: false,
    });
    return new RollbarFilter(rollbar, config, xray);
  }

  override catch(exception: unknown, host: ArgumentsHost): void {
    super.catch(exception, host);
    if (describeError(exception).status < 500) return;
    const { traceId } = this.xray;
    this.rollbar.error(
      exception instanceof Error ? exception : new Error(String(exception)),
      host.switchToHttp().getRequest<Request>(),
      {
        traceId,
        trace: traceId === undefined ? undefined : traceUrl(this.config.viewerUrl, traceId),
      },
    );
  }

  /** Sends pending reports before the process ends. */
  onApplicationShutdown(): Promise<void> {
    return new Promise((settle) => this.rollbar.wait(settle));
  }
}

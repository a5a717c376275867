import { globMatcher } from '../core/glob';
import type { XrayOptions } from '../xray.options';

/** Longer Host headers are not used as names. */
const MAX_HOST = 200;

/**
 * Names segments after the service, or after the host if `dynamicNaming` matches the Host header.
 * `AWS_XRAY_TRACING_NAME` and `AWS_XRAY_URL` take precedence over the options.
 * https://docs.aws.amazon.com/xray/latest/devguide/xray-sdk-nodejs-middleware.html#xray-sdk-nodejs-middleware-naming
 */
export class SegmentName {
  /** The name when no host applies. */
  readonly service: string;
  private readonly fits: ((host: string) => boolean) | undefined;

  constructor(options: Pick<XrayOptions, 'serviceName' | 'dynamicNaming'>) {
    this.service = process.env.AWS_XRAY_TRACING_NAME || options.serviceName;
    const pattern = process.env.AWS_XRAY_URL || options.dynamicNaming;
    this.fits = pattern ? globMatcher(pattern) : undefined;
  }

  /** @param host the Host header, with the port if there is one. The pattern may omit the port. */
  of(host: string | undefined): string {
    if (this.fits === undefined || !host || host.length > MAX_HOST) return this.service;
    if (this.fits(host)) return host;
    const name = host.replace(/:\d+$/, '');
    return this.fits(name) ? name : this.service;
  }
}

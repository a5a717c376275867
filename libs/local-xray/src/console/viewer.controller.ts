import { createReadStream, existsSync } from 'node:fs';
import { extname, join } from 'node:path';
import { Controller, Get, Header, Inject, Req, StreamableFile } from '@nestjs/common';
import type { Request } from 'express';
import { XrayError } from '../http/xray.error';
import type { ResolvedOptions } from '../options/local-xray.options';
import { LOCAL_XRAY_OPTIONS } from '../options/tokens';
import { TraceStore } from '../engine/trace-store';
import { StatusService } from './status.service';

const NOT_BUILT =
  '<!doctype html><title>Local X-Ray</title><p>Local X-Ray is running, but its console is not built. Run npm run build.';

const NAME = 'local-xray';

function unavailable(status: string, reason: string): XrayError {
  return new XrayError('ServiceUnavailableException', reason, { status, name: NAME });
}

/**
 * Serves the viewer's page for all of its addresses. Its static files are served before this
 * controller is reached.
 */
@Controller()
export class ViewerController {
  constructor(
    private readonly store: TraceStore,
    private readonly status: StatusService,
    @Inject(LOCAL_XRAY_OPTIONS) private readonly options: ResolvedOptions,
  ) {}

  /**
   * 503 with the reason until every address accepts data, and when the writer or the readers cannot
   * continue. The name distinguishes local X-Ray from an X-Ray daemon at the same address.
   */
  @Get('health')
  health(): object {
    const { failure } = this.store;
    if (failure) throw unavailable('failed', failure.message);
    if (this.status.ready) return { status: 'ok', name: NAME };
    throw unavailable(
      'starting',
      'Local X-Ray is starting: not all of its addresses (UDP, HTTP, OTLP) accept data yet. Try again in a moment.',
    );
  }

  @Get(['', '*path'])
  @Header('Content-Type', 'text/html; charset=utf-8')
  @Header('Cache-Control', 'no-cache')
  page(@Req() request: Request): StreamableFile | string {
    if (extname(request.path) !== '' || request.path.startsWith('/console/')) {
      throw new XrayError(
        'UnknownOperationException',
        `There is nothing at ${request.path.slice(0, 200)}.`,
      );
    }
    const page = join(this.options.viewer, 'index.html');
    return existsSync(page)
      ? new StreamableFile(createReadStream(page), { type: 'text/html; charset=utf-8' })
      : NOT_BUILT;
  }
}

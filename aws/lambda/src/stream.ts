import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { XrayService } from 'nestjs-xray';
import { application } from './application';
import { Orders } from './orders';

/** The global of Lambda's Node runtime for functions that stream their response. */
declare const awslambda: {
  streamifyResponse(
    handler: (event: unknown, response: Writable) => Promise<void>,
  ): (event: unknown, response: Writable) => Promise<void>;
};

/** The function behind a function URL with InvokeMode RESPONSE_STREAM. */
export const handler = awslambda.streamifyResponse(async (_event, response) => {
  const app = await application();
  // Lambda may freeze the function once the response has ended, so the segment ends before.
  const xray = app.get(XrayService);
  await xray.captureSegment('orders-stream', () =>
    pipeline(app.get(Orders).list(), response, { end: false }),
  );
  response.end();
});

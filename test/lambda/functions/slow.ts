import { setTimeout as wait } from 'node:timers/promises';
import { XrayService } from 'nestjs-xray';
import { application } from './application';

/** Takes as long as the event says, so that invocations of one process overlap and end in another order. */
export async function handler({ tag, ms }: { tag: string; ms: number }) {
  const app = await application();
  const xray = app.get(XrayService);
  return xray.captureSegment('slow', async () => {
    await xray.capture('inner', () => wait(ms));
    xray.annotate('tag', tag);
    return { tag, trace: xray.traceId, variable: process.env._X_AMZN_TRACE_ID ?? null };
  });
}

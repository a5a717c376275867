import { XrayService } from 'nestjs-xray';
import { application } from './application';
import { handler as http } from './http';

/** Sends by OTLP, which takes a moment that the process has only before it has answered. */
export const handler: typeof http = async (event, context) => {
  try {
    return await http(event, context);
  } finally {
    const app = await application();
    await app.get(XrayService).flush();
  }
};

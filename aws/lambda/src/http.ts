import serverlessExpress from '@codegenie/serverless-express';
import { application } from './application';

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

let handle: Handler | undefined;

/** The function behind API Gateway, a load balancer or a function URL. */
export const handler: Handler = async (event, context) => {
  const app = await application();
  handle ??= serverlessExpress({ app: app.getHttpAdapter().getInstance() }) as unknown as Handler;
  return handle(event, context);
};

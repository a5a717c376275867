import 'reflect-metadata';
import { createApp } from './create-app';
import { readConfig } from './cruddur.config';
import { listenError, requireFreePort } from './listening';

async function main(): Promise<void> {
  const { host, port } = readConfig();
  // Check before opening the database, so that a start that must fail does so at once.
  await requireFreePort(host, port, 'PORT');
  const app = await createApp({ logger: ['warn', 'error'] });
  app.enableShutdownHooks();
  try {
    await app.listen(port, host);
  } catch (error) {
    await app.close();
    throw listenError(error, host, port, 'PORT');
  }
  console.log(`Cruddur listens on ${await app.getUrl()}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});

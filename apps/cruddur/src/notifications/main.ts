import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { readConfig } from '../cruddur.config';
import { requireFreePort } from '../listening';
import { NotificationsModule } from './service/notifications.module';

async function main(): Promise<void> {
  const { host, port } = readConfig().notifications;
  await requireFreePort(host, port, 'NOTIFICATIONS_PORT');
  const app = await NestFactory.createMicroservice<MicroserviceOptions>(NotificationsModule, {
    transport: Transport.TCP,
    options: { host, port },
    abortOnError: false,
    logger: ['warn', 'error'],
  });
  app.enableShutdownHooks();
  await app.listen();
  console.log(`Notifications listens on ${host}:${port}`);
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
});

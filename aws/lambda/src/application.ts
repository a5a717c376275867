import 'reflect-metadata';
import type { INestApplication } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { OrdersModule } from './orders.module';

let started: Promise<INestApplication> | undefined;

/** The application. The first invocation of the process starts it, and all others reuse it. */
export function application(): Promise<INestApplication> {
  return (started ??= start());
}

async function start(): Promise<INestApplication> {
  const app = await NestFactory.create(OrdersModule, { logger: ['error', 'warn'] });
  await app.init();
  return app;
}

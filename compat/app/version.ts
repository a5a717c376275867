/** The application that runs on every version of Nest, Node and TypeScript. */
import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app';
import { exercise, type Facts } from './exercise';

async function main(): Promise<Facts> {
  if (process.env.ADAPTER === 'fastify') {
    const fastify = new FastifyAdapter();
    return exercise(
      await NestFactory.create<NestFastifyApplication>(AppModule.with(), fastify, {
        logger: false,
      }),
    );
  }
  const { BooksModule, graphqlFacts } = await import('./graphql.js');
  const module = AppModule.with([BooksModule]);
  const app = await NestFactory.create<NestExpressApplication>(module, { logger: false });
  return exercise(app, graphqlFacts);
}

void main().then((facts) => {
  process.stdout.write(`${JSON.stringify(facts)}\n`);
  process.exit(0);
});

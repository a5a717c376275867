import { Catch, Controller, Get, Module, UseFilters, type ExceptionFilter } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter } from '@nestjs/platform-fastify';
import { XrayModule } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import type { AddressInfo } from 'node:net';

@Catch(TypeError)
class Rejecting implements ExceptionFilter {
  async catch(): Promise<never> {
    await new Promise((turn) => setImmediate(turn));
    throw new Error('the filter failed');
  }
}

@Controller()
class Pages {
  @Get()
  @UseFilters(Rejecting)
  page(): never {
    throw new TypeError('the handler failed');
  }
}

/** A request whose filter rejects gets no answer: its client leaves as soon as Node says so. */
async function main(): Promise<void> {
  const emitter = new MemoryEmitter();
  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'pages', emitter })],
    controllers: [Pages],
  })
  class App {}
  const app =
    process.argv[2] === 'fastify'
      ? await NestFactory.create(App, new FastifyAdapter(), { logger: false })
      : await NestFactory.create(App, { logger: false });
  await app.listen(0, '127.0.0.1');
  const { port } = app.getHttpServer().address() as AddressInfo;
  const unhandled: string[] = [];
  const leaving = new AbortController();
  process.on('unhandledRejection', (problem: Error) => {
    unhandled.push(problem.message);
    leaving.abort();
  });
  await fetch(`http://127.0.0.1:${port}`, { signal: leaving.signal }).catch(() => undefined);
  while (emitter.documents.length < 1) await new Promise((turn) => setImmediate(turn));
  const { cause } = emitter.documents[0]!;
  const { exceptions } = cause as { exceptions: { message: string }[] };
  const messages = exceptions.map(({ message }) => message);
  process.stdout.write(JSON.stringify({ unhandled, messages }));
  process.exit(0);
}

void main();

/** An application in which only Nest and the library are installed. */
import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { XrayModule } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';

const emitter = new MemoryEmitter();
const warnings: string[] = [];

@Module({
  imports: [
    XrayModule.forRoot({
      serviceName: 'bare',
      emitter,
      capture: { aws: false, sql: false },
      logger: { warn: (message) => void warnings.push(message) },
    }),
  ],
})
class BareModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(BareModule, { logger: false });
  await app.listen(0, '127.0.0.1');
  await (await fetch(`${await app.getUrl()}/none`)).text();
  await app.close();
  const names = emitter.documents.map(({ name }) => name);
  process.stdout.write(`${JSON.stringify({ names, warnings })}\n`);
}

void main();

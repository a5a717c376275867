import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { XrayModule } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';
import NodeModule from 'node:module';

/* Prints what the module says at the start of an application that has neither pg nor the AWS SDK. */

type Resolve = (this: unknown, request: string, ...more: unknown[]) => string;
const loader = NodeModule as unknown as { _resolveFilename: Resolve };
const resolve = loader._resolveFilename;
loader._resolveFilename = function (request, ...more) {
  if (/^(pg|@smithy\/.*)$/.test(request)) throw new Error(`Cannot find module '${request}'`);
  return Reflect.apply(resolve, this, [request, ...more]);
};

async function main(): Promise<void> {
  const logger = { warn: console.error, log: (line: string) => void process.stdout.write(line) };

  @Module({
    imports: [XrayModule.forRoot({ serviceName: 'shop', emitter: new MemoryEmitter(), logger })],
  })
  class App {}
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  await app.close();
}

void main();

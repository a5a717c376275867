import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { XrayModule } from 'nestjs-xray';
import { MemoryEmitter } from 'nestjs-xray/testing';

/* Prints what the module says at the start of an application that uses neither pg nor the AWS SDK. */

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

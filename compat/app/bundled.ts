/** The application to bundle: Express, and the clients that most applications on AWS use. */
import 'reflect-metadata';
import { ListQueuesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { NestFactory } from '@nestjs/core';
import * as xray from 'nestjs-xray';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import * as pg from 'pg';
import { AppModule } from './app';
import { exercise, type Facts, type Running } from './exercise';

// HAND_OVER=no shows the warnings when these calls are missing in a bundle.
if (process.env.HAND_OVER !== 'no') {
  xray.captureAws([SQSClient]);
  xray.capturePg([pg]);
}

async function outgoingFacts({ url, within }: Running): Promise<Facts> {
  const [fetched] = await within(async () => (await fetch(`${url}/carts/ada`)).text());
  const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL });
  const [queried] = await within(() => pool.query('select 1 as one'));
  await pool.end();
  const service = await fakeSqs();
  const [listed] = await within(() => service.client.send(new ListQueuesCommand({})));
  service.close();
  return {
    fetch: [fetched?.namespace, fetched?.http?.response?.status],
    pg: [queried?.namespace, queried?.sql?.sanitized_query],
    aws: [listed?.name, listed?.namespace, listed?.aws?.operation],
  };
}

async function fakeSqs() {
  const server = createServer((request, response) => {
    request.resume();
    response.setHeader('content-type', 'application/x-amz-json-1.0').end('{}');
  }).listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  const client = new SQSClient({
    region: 'eu-west-1',
    endpoint: `http://127.0.0.1:${port}`,
    credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
  });
  const close = (): void => {
    client.destroy();
    server.close();
  };
  return { client, close };
}

/** How many files of Nest were loaded from node_modules. None if the bundle contains Nest. */
function nestFiles(): number {
  const { cache } = createRequire(`${process.cwd()}/package.json`);
  return Object.keys(cache).filter((path) =>
    /node_modules\/@nestjs\/[^/]+\/(?!node_modules)/.test(path),
  ).length;
}

async function main(): Promise<void> {
  const app = await NestFactory.create(AppModule.with(), { logger: false });
  const facts = await exercise(app, outgoingFacts);
  process.stdout.write(`${JSON.stringify({ ...facts, nestFiles: nestFiles() })}\n`);
  process.exit(0);
}

void main();

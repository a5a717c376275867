import type { INestApplication } from '@nestjs/common';
import { ClientProxyFactory, Transport, type MicroserviceOptions } from '@nestjs/microservices';
import { WsAdapter } from '@nestjs/platform-ws';
import { createServer, type AddressInfo } from 'node:net';
import { XrayService, type SegmentDocument, type SubsegmentDocument } from 'nestjs-xray';
import { firstValueFrom } from 'rxjs';
import { WebSocket } from 'ws';
import { emitter, warnings } from './app';

/** What was recorded for each action of the application. */
export type Facts = Record<string, unknown>;

export interface Running {
  readonly url: string;
  /** The segments that `work` recorded. Waits until there are `count`. */
  record(count: number, work: () => unknown): Promise<SegmentDocument[]>;
  /** Runs `work` in a new segment and returns what was recorded in it. */
  within(work: () => Promise<unknown>): Promise<SubsegmentDocument[]>;
}

interface Tcp {
  transport: Transport.TCP;
  options: { host: string; port: number };
}

/** Performs every action once, and returns what was recorded. */
export async function exercise(
  app: INestApplication,
  more: (running: Running) => Promise<Facts> = () => Promise.resolve({}),
): Promise<Facts> {
  app.useWebSocketAdapter(new WsAdapter(app));
  const port = await freePort();
  const tcp: Tcp = { transport: Transport.TCP, options: { host: '127.0.0.1', port } };
  app.connectMicroservice<MicroserviceOptions>(tcp);
  await app.startAllMicroservices();
  await app.listen(0, '127.0.0.1');
  const { port: http } = (app.getHttpServer() as { address(): AddressInfo }).address();
  const running = { url: `http://127.0.0.1:${http}`, record, within: withinOf(app) };
  const facts: Facts = {
    ...(await httpFacts(running)),
    ...(await rpcFacts(running, tcp)),
    ...(await wsFacts(running)),
    ...(await more(running)),
  };
  await app.close();
  return { ...facts, warnings };
}

async function httpFacts({ url, record }: Running): Promise<Facts> {
  const get = async (path: string) => {
    const [document] = await record(1, async () => (await fetch(url + path)).text());
    return document!;
  };
  const found = await get('/carts/ada');
  return {
    route: [found.http?.response?.status, found.annotations?.http_route, found.annotations?.cart],
    names: [nestOf(found), found.subsegments?.map(({ name }) => name)],
    guard: causeOf(await get('/carts/guarded')),
    404: causeOf(await get('/none')),
    thrown: causeOf(await get('/carts/broken')),
  };
}

async function rpcFacts({ record, within }: Running, tcp: Tcp): Promise<Facts> {
  const client = ClientProxyFactory.create(tcp);
  await client.connect();
  let calls: SubsegmentDocument[] = [];
  const [callee] = await record(2, async () => {
    calls = await within(() => firstValueFrom(client.send('load', 'ada')));
  });
  const [failed] = await record(1, () => firstValueFrom(client.send('fail', 'x')).catch(() => 0));
  const [noted] = await record(1, () => firstValueFrom(client.emit('noted', 'ada')));
  client.close();
  return {
    rpcCall: calls.map(({ namespace, metadata }) => [namespace, metadata?.nest]),
    rpc: [callee!.annotations?.rpc_pattern, callee!.parent_id === calls[0]?.id],
    rpcThrown: causeOf(failed!),
    event: [noted!.annotations?.rpc_pattern, noted!.subsegments?.length],
  };
}

async function wsFacts({ url, record }: Running): Promise<Facts> {
  const socket = new WebSocket(url.replace('http', 'ws'));
  await new Promise((open) => socket.once('open', open));
  const send = (event: string) => socket.send(JSON.stringify({ event, data: 'ada' }));
  const [loaded] = await record(1, () => send('load'));
  const [failed] = await record(1, () => send('fail'));
  socket.close();
  return {
    ws: [loaded!.annotations?.ws_event, loaded!.subsegments?.length],
    wsThrown: causeOf(failed!),
  };
}

/** The error recorded on a segment. */
export function causeOf({ cause, http }: SegmentDocument): unknown {
  const { exceptions } = typeof cause === 'object' ? cause : { exceptions: [] };
  return [http?.response?.status ?? null, exceptions[0]?.message ?? null];
}

export function nestOf({ metadata }: SegmentDocument): string {
  const { controller, handler } = (metadata?.nest ?? {}) as Record<string, string>;
  return `${controller}.${handler}`;
}

async function record(count: number, work: () => unknown): Promise<SegmentDocument[]> {
  emitter.documents.length = 0;
  await work();
  const deadline = Date.now() + 5_000;
  while (emitter.documents.length < count && Date.now() < deadline) {
    await new Promise((turn) => setTimeout(turn, 5));
  }
  // Stands for a missing document, so that the comparison shows what is missing.
  const found = [...emitter.documents];
  while (found.length < count) found.push({} as SegmentDocument);
  return found;
}

function withinOf(app: INestApplication): Running['within'] {
  const xray = app.get(XrayService);
  return async (work) => {
    const before = emitter.documents.length;
    await xray.captureSegment('caller', work);
    const caller = emitter.documents.slice(before).find(({ name }) => name === 'caller');
    return caller?.subsegments ?? [];
  };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((listening) => server.once('listening', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}

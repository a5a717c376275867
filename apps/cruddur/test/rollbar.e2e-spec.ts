import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ActivitiesRepository } from '../src/activities/activities.repository';
import { openServer } from '../src/database/pool';
import { startCruddur } from './support/cruddur';
import { until } from './support/until';

interface Item {
  access_token: string;
  data: {
    level: string;
    body: { trace_chain: { exception: { class: string; message: string } }[] };
    custom: { traceId: string; trace: string };
    request: { url: string; headers: Record<string, string> };
  };
}

/** Nothing listens there: these tests need no database. */
const nowhere = () => Promise.resolve(openServer('postgresql://127.0.0.1:1/none'));

describe('errors with ROLLBAR_ACCESS_TOKEN', () => {
  let rollbar: Server;
  let received: Item[];
  let rollbarEndpoint: string;

  beforeEach(async () => {
    received = [];
    rollbar = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const item = JSON.parse(Buffer.concat(chunks).toString()) as Item;
        received.push({ ...item, access_token: String(request.headers['x-rollbar-access-token']) });
        response.setHeader('content-type', 'application/json');
        response.end('{"err":0,"result":{"id":null,"uuid":"x"}}');
      });
    });
    await new Promise<void>((settle) => rollbar.listen(0, '127.0.0.1', settle));
    rollbarEndpoint = `http://127.0.0.1:${(rollbar.address() as AddressInfo).port}/api/1/item/`;
  });
  afterEach(async () => {
    rollbar.closeAllConnections();
    await new Promise((settle) => rollbar.close(settle));
  });

  const start = (newest: () => Promise<never>) =>
    startCruddur(nowhere, {
      config: { rollbarToken: 'a-token', rollbarEndpoint },
      providers: [[ActivitiesRepository, { newest }]],
    });

  it('send a 5xx to Rollbar, with its trace', async () => {
    const cruddur = await start(() => Promise.reject(new RangeError('boom')));
    try {
      const answer = await fetch(`${cruddur.url}/api/activities/home?term=x`, {
        headers: { authorization: 'Bearer secret' },
      });

      expect(answer.status).toBe(500);
      await until(() => received.length > 0);
      const traceId = answer.headers.get('x-trace-id')!;
      expect(received).toMatchObject([
        {
          access_token: 'a-token',
          data: {
            level: 'error',
            body: { trace_chain: [{ exception: { class: 'RangeError', message: 'boom' } }] },
            custom: { traceId, trace: `http://127.0.0.1:2000/traces/${traceId}` },
          },
        },
      ]);
      expect(received[0]?.data.request.url).toContain('/api/activities/home');
      expect(received[0]?.data.request.headers['authorization']).toMatch(/^\*+$/);
    } finally {
      await cruddur.close();
    }
  });

  it('send a 503 of the database too, but no 4xx', async () => {
    const away = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    const cruddur = await start(() => Promise.reject(away));
    try {
      expect((await fetch(`${cruddur.url}/api/activities/@`)).status).toBe(422);
      expect((await fetch(`${cruddur.url}/nowhere`)).status).toBe(404);
      expect((await fetch(`${cruddur.url}/api/activities/home`)).status).toBe(503);
    } finally {
      await cruddur.close(); // sends what is still waiting
    }
    expect(received).toHaveLength(1);
    expect(JSON.stringify(received)).toContain('connect ECONNREFUSED');
  });

  it('do not change the response if Rollbar is not available', async () => {
    rollbar.close();
    const cruddur = await start(() => Promise.reject(new Error('boom')));
    try {
      expect((await fetch(`${cruddur.url}/api/activities/home`)).status).toBe(500);
      expect((await fetch(`${cruddur.url}/api/health-check`)).status).toBe(200);
    } finally {
      await cruddur.close();
    }
  });
});

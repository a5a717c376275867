import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { newId, newTraceId } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { put, start, url } from './support/client';

/** Computers whose clocks are ahead by so many seconds, and what is said of it. */
const CLOCKS = [
  ['90 s', 90, 'clock ahead by 89 s'],
  ['an hour', 3_690, 'clock ahead by 61 min'],
  ['a month', 30 * 86_400 + 90, 'clock ahead by 30 days'],
] as const;

/** A request with an exception and the same statement three times. */
function failedRequest(name: string, at: number) {
  return {
    trace_id: newTraceId(at),
    id: newId(),
    name,
    start_time: at,
    end_time: at + 0.5,
    fault: true,
    http: {
      request: { method: 'GET', url: `http://localhost/${name}` },
      response: { status: 500 },
    },
    annotations: { http_route: `/${name}` },
    cause: { exceptions: [{ id: newId(), type: 'CartError', message: `${name} is empty` }] },
    subsegments: Array.from({ length: 3 }, (_, n) => ({
      id: newId(),
      name: 'shop@db',
      namespace: 'remote',
      start_time: at + n / 10,
      end_time: at + (n + 1) / 10,
      sql: { sanitized_query: `SELECT * FROM ${name}` },
    })),
  };
}

describe.each(CLOCKS)('traces of a clock that is ahead by %s, to agents', (_, ahead, remark) => {
  let server: LocalXray;
  let client: Client;
  const name = `shop${ahead}`;
  beforeAll(async () => {
    server = await start();
    await put(server, failedRequest(name, Date.now() / 1000 + ahead));
    await put(server, failedRequest('punctual', Date.now() / 1000 - 5));
    client = new Client({ name: 'test', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(url(server, '/mcp'))));
  });
  afterAll(async () => {
    await client.close();
    await server.close();
  });

  async function ask(tool: string, input: Record<string, string> = {}): Promise<string> {
    const { content } = await client.callTool({ name: tool, arguments: input });
    return (content as { text: string }[])[0]!.text;
  }

  it.each([
    ['list_routes', `/${name} (${name}): 1 requests`],
    ['list_queries', `SELECT * FROM ${name}`],
    ['list_errors', `CartError: ${name} is empty`],
    ['find_traces', `/${name} 500`],
  ])('are in %s, with or without a filter', async (tool, expected) => {
    expect(await ask(tool)).toContain(expected);
    expect(await ask(tool, { filter: `service("${name}")`, since: '15m' })).toContain(expected);
  });

  it('are included in differences', async () => {
    const filters = { filter_a: `service("${name}")`, filter_b: 'service("punctual")' };
    expect(await ask('what_differs', filters)).toContain('A: 1 traces');
  });

  it.each(['list_errors', 'find_traces'])(
    'are marked as ahead in %s, and no others are',
    async (tool) => {
      const lines = (await ask(tool)).split('\n').filter((line) => line.startsWith('- '));
      expect(lines.filter((line) => line.includes('clock ahead'))).toEqual([
        expect.stringContaining(name),
      ]);
      expect(lines.join('\n')).toContain(remark.replace(/\d+ (s|min)$/, ''));
    },
  );
});

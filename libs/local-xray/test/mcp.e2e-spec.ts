import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { newId, newTraceId, type SubsegmentDocument } from '@nestjs-xray/document';
import type { LocalXray } from '../src';
import { put, start, url } from './support/client';

const escapeRegExp = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&');

const run = promisify(execFile);
const root = resolve(__dirname, '../../..');
/** The command line as it is built. */
const MAIN = join(root, 'dist/apps/local-xray/src/main.js');
const now = Date.now() / 1000 - 5;

/** A request for Cruddur's feed that reads the replies one by one. */
function feed(rows: number) {
  const queries: SubsegmentDocument[] = Array.from({ length: rows }, (_, at) => ({
    id: newId(),
    name: 'cruddur@db',
    namespace: 'remote',
    start_time: now + at / 1000,
    end_time: now + (at + 0.9) / 1000,
    sql: { sanitized_query: 'SELECT uuid FROM activities WHERE reply_to = ANY($1)' },
  }));
  return {
    trace_id: newTraceId(now),
    id: newId(),
    name: 'backend-nest',
    start_time: now,
    end_time: now + 0.05,
    http: {
      request: { method: 'GET', url: 'http://localhost:4567/api/activities/home' },
      response: { status: 200 },
    },
    annotations: { http_route: '/api/activities/home' },
    subsegments: [
      {
        id: newId(),
        name: 'HomeActivities.repliesOneByOne',
        start_time: now,
        end_time: now + 0.04,
        metadata: { nest: { source: '/app/src/activities/home-activities.service.ts:34:3' } },
        subsegments: queries,
      },
    ],
  };
}

describe('local X-Ray for coding agents and terminals', () => {
  let server: LocalXray;
  const slow = feed(12);
  const quick = feed(1);
  beforeAll(async () => {
    server = await start();
    await put(server, quick, slow, {
      ...feed(1),
      name: 'billing',
      fault: true,
      annotations: { http_route: '/pay' },
      start_time: now - 7_200,
      end_time: now - 7_199,
      trace_id: newTraceId(now - 7_200),
    });
  });
  afterAll(() => server.close());

  async function connected<T>(transport: Transport, work: (client: Client) => Promise<T>) {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(transport);
    try {
      return await work(client);
    } finally {
      await client.close();
    }
  }
  const http = () => new StreamableHTTPClientTransport(new URL(url(server, '/mcp')));
  const ask = (name: string, input: Record<string, string> = {}) =>
    connected(http(), async (client) => {
      const result = await client.callTool({ name, arguments: input });
      const [content] = result.content as { type: string; text: string }[];
      expect(Buffer.byteLength(content!.text)).toBeLessThanOrEqual(20_000);
      return { text: content!.text, isError: result.isError === true };
    });

  describe('over the Model Context Protocol', () => {
    it('offers only tools that read', async () => {
      const { tools } = await connected(http(), (client) => client.listTools());

      expect(tools.map(({ name }) => name).sort()).toEqual([
        'compare_traces',
        'find_traces',
        'get_trace',
        'list_errors',
        'list_queries',
        'list_routes',
        'what_differs',
      ]);
      for (const { annotations } of tools) expect(annotations?.readOnlyHint).toBe(true);
    });

    it('leads from the list to the line of the N+1', async () => {
      const found = await ask('find_traces', { filter: 'service("backend-nest")' });
      expect(found.text).toContain(
        'N+1 in HomeActivities.repliesOneByOne, home-activities.service.ts:34',
      );

      const [id] = /1-[0-9a-f]{8}-[0-9a-f]{24}(?=[^\n]*\n {2}- N\+1)/.exec(found.text)!;
      expect(id).toBe(slow.trace_id);
      const { text } = await ask('get_trace', { id });
      expect(text).toContain(
        'N+1 in HomeActivities.repliesOneByOne, home-activities.service.ts:34: 12 × the same SELECT',
      );
      expect(text).toContain('/app/src/activities/home-activities.service.ts:34');
      const [, node = ''] = /HomeActivities\.repliesOneByOne [^#\n]*#([0-9a-f]{16})/.exec(text)!;
      expect((await ask('get_trace', { id, node })).text).toContain('"source"');
    });

    it('responds as in the session in docs/coding-agents.md', async () => {
      const page = readFileSync(join(root, 'docs/coding-agents.md'), 'utf8');
      const calls = [
        ...page.matchAll(/```json\n(\{\s*"name"[\s\S]*?)```\s*```text\n([\s\S]*?)```/g),
      ];
      expect(calls).toHaveLength(2);
      for (const [, call = '', answer = ''] of calls) {
        const { name, arguments: input } = JSON.parse(call) as {
          name: string;
          arguments: Record<string, string>;
        };
        const { text } = await ask(name, { ...input, ...(input.id && { id: slow.trace_id }) });
        for (const line of answer.trim().split('\n')) {
          const pattern = line.split('…').map(escapeRegExp);
          expect(text).toMatch(new RegExp(pattern.join('.*')));
        }
      }
    });

    it('searches as far back as requested', async () => {
      expect((await ask('find_traces')).text).not.toContain('billing');
      expect((await ask('find_traces', { since: '3h' })).text).toMatch(/\/pay .*billing FAULT/);
    });

    it('describes many traces: routes, queries, errors, and differences', async () => {
      expect((await ask('list_routes')).text).toMatch(/GET \/api\/activities\/home .*2 requests/);
      expect((await ask('list_queries')).text).toMatch(/SELECT .* FROM activities .*: 13 times/);
      expect((await ask('list_errors')).text).toContain('kinds of exceptions');
      const slower = { filter_a: 'hint = "n-plus-one"', filter_b: 'service("backend-nest")' };
      expect((await ask('what_differs', slower)).text).toMatch(/^A: 1 traces .* B: 2 with/);
    });

    it('compares two traces', async () => {
      const { text } = await ask('compare_traces', { a: quick.trace_id, b: slow.trace_id });
      expect(text).toMatch(/SELECT .*\(A 1 × in .* ms, B 12 × in .* ms\)/);
    });

    it.each([
      ['find_traces', { filter: 'service(' }, /Expected|expected|expression/],
      ['find_traces', { since: 'yesterday' }, /since is "yesterday"/],
      ['get_trace', { id: 'nonsense' }, /"nonsense" is not a trace id/],
      ['get_trace', { id: newTraceId(now) }, /There is no trace 1-/],
      ['get_trace', { id: slow.trace_id, node: 'feed' }, /has no segment or subsegment "feed"/],
    ])('explains what is wrong with %s %j', async (name, input, message) => {
      const { text, isError } = await ask(name, input);
      expect(isError).toBe(true);
      expect(text).toMatch(message);
    });

    it('has the traces as resources', async () => {
      await connected(http(), async (client) => {
        const { resources } = await client.listResources();
        expect(resources.map(({ uri }) => uri)).toContain(`trace://${slow.trace_id}`);
        const { contents } = await client.readResource({ uri: `trace://${slow.trace_id}` });
        expect(contents[0]).toMatchObject({ mimeType: 'text/markdown' });
        expect((contents[0] as { text: string }).text).toContain('N+1 in HomeActivities');
      });
    });

    it('works over stdin and stdout', async () => {
      const transport = new StdioClientTransport({
        command: process.execPath,
        args: [MAIN, 'mcp', '--endpoint', server.address],
      });
      const text = await connected(transport, async (client) => {
        const { content } = await client.callTool({ name: 'get_trace', arguments: { id: 'last' } });
        return (content as { text: string }[])[0]!.text;
      });
      expect(text).toContain('backend-nest GET /api/activities/home');
    });

    it('rejects pages of other sites', async () => {
      const response = await fetch(url(server, '/mcp'), {
        method: 'POST',
        headers: { origin: 'http://evil.example', 'content-type': 'application/json' },
        body: '{}',
      });
      expect(response.status).toBe(403);
    });
  });

  describe('as Markdown', () => {
    const get = async (path: string) => {
      const response = await fetch(url(server, path));
      const type = response.headers.get('content-type');
      return { status: response.status, type, text: await response.text() };
    };

    it('is at /traces/<id>.md, by an id of X-Ray or W3C, or a header', async () => {
      const { status, type, text } = await get(`/traces/${slow.trace_id}.md`);
      expect([status, type]).toEqual([200, 'text/markdown; charset=utf-8']);
      expect(text).toBe((await ask('get_trace', { id: slow.trace_id })).text);

      const w3c = slow.trace_id.slice(2).replace('-', '');
      expect((await get(`/traces/${w3c}.md`)).text).toBe(text);
      const header = encodeURIComponent(`Root=${slow.trace_id};Parent=${slow.id};Sampled=1`);
      expect((await get(`/traces/${header}.md`)).text).toBe(text);
    });

    it('responds with 404 if there is no such trace', async () => {
      const { status, text } = await get(`/traces/${newTraceId(now)}.md`);
      expect(status).toBe(404);
      expect(text).toContain('There is no trace');
    });

    it('does not replace the page of a trace', async () => {
      expect((await get(`/traces/${slow.trace_id}`)).type).toMatch(/html/);
    });
  });

  describe('in the terminal', () => {
    const command = (...args: string[]) =>
      run(process.execPath, [MAIN, ...args, '--endpoint', server.address]);

    it('lists traces, newest last', async () => {
      const { stdout } = await command('traces');
      expect(stdout.trim().split('\n')).toHaveLength(2);
      expect(stdout).toMatch(/GET \/api\/activities\/home 200 50\.0 ms backend-nest/);
      const { stdout: old } = await command(
        'traces',
        'service("billing") { fault }',
        '--since',
        '3h',
      );
      expect(old).toContain('billing FAULT');
    });

    it("takes the server's option --address for --endpoint, before and after the command", async () => {
      const at = ['--address', server.address];
      for (const args of [
        ['trace', 'last', ...at],
        [...at, 'trace', 'last'],
      ]) {
        const { stdout } = await run(process.execPath, [MAIN, ...args]);
        expect(stdout).toContain('backend-nest');
      }
    });

    it('prints a trace, and one node of it', async () => {
      const { stdout } = await command('trace', slow.trace_id);
      expect(stdout.trim()).toBe((await ask('get_trace', { id: slow.trace_id })).text.trim());
      expect((await command('trace', slow.trace_id, '--node', slow.id)).stdout).toContain(
        'Segment',
      );
      expect((await command('trace', 'last')).stdout).toContain('backend-nest');
    });

    it('prints traces as they end', async () => {
      const child = spawn(process.execPath, [
        MAIN,
        'tail',
        'service("late")',
        '--endpoint',
        server.address,
      ]);
      let output = '';
      const seen = new Promise<void>((resolve) =>
        child.stdout.on('data', (chunk: Buffer) => {
          output += chunk.toString();
          if (output.includes('late')) resolve();
        }),
      );
      // Until it has asked for the first time, nothing tells that it listens.
      const send = setInterval(() => {
        const at = Date.now() / 1000;
        const over = { name: 'late', trace_id: newTraceId(at), id: newId(), start_time: at };
        void put(server, { ...feed(1), ...over, end_time: at + 0.001 });
      }, 200);
      await seen;
      clearInterval(send);
      child.kill('SIGINT');
      expect(output).toMatch(/^1-\S+ \S+ GET \/api\/activities\/home 200 1\.00 ms late$/m);
    });

    it.each([
      ['of another day', -3 * 86_400, ''],
      ['of a clock that is ahead', 2 * 86_400 + 10, ' clock ahead by 2 days'],
    ])('shows the date of a trace %s, in traces and to agents', async (_, offset, remark) => {
      const at = Date.now() / 1000 + offset;
      const name = newId();
      const logs = [
        { time: new Date(at * 1000).toISOString(), message: 'in time' },
        { time: (at + 86_400) * 1000, message: 'a day later' },
        { time: 1e300, message: 'at no time' },
      ];
      const over = { name, trace_id: newTraceId(at), id: newId(), metadata: { default: { logs } } };
      await put(server, { ...feed(1), ...over, start_time: at, end_time: at + 0.001 });

      const day = new Date(at * 1000).toISOString().slice(0, 10);
      const line = new RegExp(`^${over.trace_id} ${day}T\\S+Z GET .* ${name}${remark}$`, 'm');
      const { stdout } = await command('traces', `service("${name}")`, '--since', '7d');
      expect(stdout).toMatch(line);
      const found = await fetch(url(server, '/mcp'), {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          accept: 'application/json, text/event-stream',
        },
        body: JSON.stringify({
          jsonrpc: '2.0',
          id: 1,
          method: 'tools/call',
          params: {
            name: 'find_traces',
            arguments: { filter: `service("${name}")`, since: '7d' },
          },
        }),
      });
      expect(await found.text()).toContain(`${over.trace_id} ${day}T`);
      const text = (await command('trace', over.trace_id)).stdout;
      expect(text).toMatch(/ \d\d:\d\d:\d\d\.\d{3} log.* in time/);
      expect(text).toMatch(/ \d{4}-\d\d-\d\dT\S+Z log.* a day later/);
      expect(text).toMatch(/- log.* at no time/);
    });

    it('ends when the reader of its output has read enough', async () => {
      const args = [MAIN, 'tail', 'service("piped")', '--endpoint', server.address];
      const child = spawn(process.execPath, args);
      const closed = once(child, 'close');
      let errors = '';
      child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
      child.stdout.once('data', () => child.stdout.destroy());
      const send = setInterval(() => {
        const at = Date.now() / 1000;
        const over = { name: 'piped', trace_id: newTraceId(at), id: newId(), start_time: at };
        void put(server, { ...feed(1), ...over, end_time: at + 0.001 });
      }, 200);
      const ended = await closed;
      clearInterval(send);
      expect({ ended, errors }).toEqual({ ended: [0, null], errors: '' });
    });

    it('says what to do if nothing answers', async () => {
      const failed = await run(process.execPath, [
        MAIN,
        'traces',
        '--endpoint',
        '127.0.0.1:9',
      ]).catch((error: { code: number; stderr: string }) => error);
      expect(failed).toMatchObject({ code: 1 });
      expect((failed as { stderr: string }).stderr).toContain('Start it with "npx local-xray"');
      const wrong = await command('traces', 'service(').catch((error: { stderr: string }) => error);
      expect(wrong.stderr).not.toBe('');
    });

    it.each([
      [['trcaes'], "unknown command 'trcaes'\n(Did you mean traces?)"],
      [['traces', '--limit', 'many'], 'Write a whole number from 1 up.'],
      [['traces', '--since', 'yesterday'], 'since is "yesterday", which is not a time.'],
    ])('rejects %j with the reason', async (args, reason) => {
      const failed = await run(process.execPath, [MAIN, ...args]).catch((error: unknown) => error);
      expect(failed).toMatchObject({ code: 1, stderr: expect.stringContaining(reason) as string });
    });

    it('distinguishes an empty list from a filter that matches nothing', async () => {
      const { stdout } = await command('traces', 'service("nowhere")');
      expect(stdout).toContain(
        'No traces in the last 1h match service("nowhere"). Change the filter',
      );
      const { stdout: none } = await command('traces', '--since', '2100-01-01');
      expect(none).toContain('No traces since 2100-01-01. Send a request');
    });
  });
});

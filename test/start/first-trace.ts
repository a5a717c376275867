import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Page } from 'playwright-core';
import { withChromium } from '../support/chromium';
import { root, type Stack, until } from '../stack';

const run = promisify(execFile);
const names = [
  'backend-nest',
  'user_activities',
  'user_activities_start',
  'user_activities_nested_subsegment',
];

/** What a person who ran `npm start` sees of the first request. */
export function theFirstTrace(started: () => Stack): void {
  let stack: Stack;
  beforeAll(() => void (stack = started()));

  async function request(handle = '@andrewbrown') {
    const from = Date.now() / 1000 - 1;
    const response = await fetch(`${stack.cruddur}/api/activities/${handle}`);
    const id = response.headers.get('x-trace-id')!;
    await until('the trace to be listed', async () => {
      const { TraceSummaries } = await stack.api<{ TraceSummaries: { Id: string }[] }>(
        'TraceSummaries',
        { StartTime: from, EndTime: Date.now() / 1000 + 1 },
      );
      return TraceSummaries.some(({ Id }) => Id === id);
    });
    return { response, id };
  }

  it('contains the segment and three nested subsegments a moment after the request', async () => {
    const { response, id } = await request();
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual(
      expect.arrayContaining([expect.objectContaining({ handle: 'andrewbrown' })]),
    );
    const { Traces } = await stack.api<{ Traces: { Segments: { Document: string }[] }[] }>(
      'Traces',
      { TraceIds: [id] },
    );
    let node = JSON.parse(Traces[0]!.Segments[0]!.Document);
    const found: string[] = [];
    while (node && names.includes(node.name)) {
      found.push(node.name);
      node = node.subsegments?.find((child: { name: string }) => names.includes(child.name));
    }
    expect(found).toEqual(names);
  });

  it('is returned to the AWS CLI', async () => {
    const aws = '/usr/bin/aws';
    if (!existsSync(aws)) {
      if (process.env.CI) throw new Error('CI needs the AWS CLI: apt-get install awscli');
      console.warn('Not run: the AWS CLI is missing (apt-get install awscli).');
      return;
    }
    const { id } = await request();
    const now = Math.floor(Date.now() / 1000);
    const { stdout } = await run(
      aws,
      [
        'xray',
        'get-trace-summaries',
        '--endpoint-url',
        stack.localXray,
        '--start-time',
        String(now - 60),
        '--end-time',
        String(now + 1),
      ],
      {
        env: {
          ...process.env,
          AWS_ACCESS_KEY_ID: 'test',
          AWS_SECRET_ACCESS_KEY: 'test',
          AWS_REGION: 'us-east-1',
          AWS_DEFAULT_REGION: 'us-east-1',
        },
      },
    );
    const { TraceSummaries } = JSON.parse(stdout) as { TraceSummaries: { Id: string }[] };
    expect(TraceSummaries.map(({ Id }) => Id)).toContain(id);
  });

  it('lets a coding agent find an N+1 and its line with find_traces and get_trace', async () => {
    const response = await fetch(`${stack.cruddur}/api/activities/home?n_plus_one=1`);
    await response.arrayBuffer();
    await traceText(response.headers.get('x-trace-id')!);

    const file = 'apps/cruddur/src/activities/home-activities.service.ts';
    const lines = readFileSync(join(root, file), 'utf8').split('\n');
    const line = 1 + lines.findIndex((code) => code.includes('private async repliesOneByOne('));
    const found = await agentCalls('find_traces', {
      filter: 'annotation.http_route = "/api/activities/home"',
    });
    const [id] = /1-[0-9a-f]{8}-[0-9a-f]{24}/.exec(found)!;
    expect(await agentCalls('get_trace', { id })).toContain(
      `N+1 in HomeActivities.repliesOneByOne, home-activities.service.ts:${line}`,
    );
  });

  it('is shown as four nested bars, with its annotation in the panel', async () => {
    const { id } = await request();
    await withChromium(async (page) => {
      await page.goto(stack.localXray);
      await page.getByText('/api/activities/@:handle').first().click();
      await page.locator('[data-id]').first().click();
      await page.getByRole('treegrid').waitFor();
      expect(await bars(page)).toEqual(names.map((name, depth) => [name, depth]));

      await page.locator('[role=row][data-name="user_activities_start"]').click();
      const panel = page.getByRole('complementary', { name: 'Detail' });
      await panel.getByRole('tab', { name: /Annotations/ }).click();
      await panel.getByText('/api/activities/@andrewbrown').first().waitFor();
      expect(page.url()).toMatch(/\/traces\/1-[0-9a-f]{8}-[0-9a-f]{24}/);

      await page.goto(`${stack.localXray}/traces/${id}`);
      expect(await bars(page)).toHaveLength(4);
    });
  });

  it('follows a little traffic of every kind, and a link to a trace with an N+1', async () => {
    const [, id] = /N\+1 in it: http:\S+\/traces\/(1-[0-9a-f-]+)/.exec(stack.output)!;
    expect(await traceText(id!)).toContain('N+1 in HomeActivities.repliesOneByOne');

    const answer = await fetch(`${stack.localXray}/console/traces?limit=100`);
    const said = JSON.stringify(await answer.json());
    for (const part of ['/api/mistakes/slow-query', '/api/mistakes/fault', '@nobody']) {
      expect(said).toContain(part);
    }
  });

  /** The answer of one of the tools that local X-Ray offers to coding agents. */
  async function agentCalls(name: string, input: Record<string, string>): Promise<string> {
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StreamableHTTPClientTransport(new URL(`${stack.localXray}/mcp`)));
    try {
      const { content } = await client.callTool({ name, arguments: input });
      return (content as { text: string }[])[0]!.text;
    } finally {
      await client.close();
    }
  }

  function traceText(id: string): Promise<string> {
    return until('the trace as text', async () => {
      const answer = await fetch(`${stack.localXray}/traces/${id}.md`);
      return answer.ok && answer.text();
    });
  }

  /** Name and depth of the four bars; the queries below them are the capture's business. */
  async function bars(page: Page): Promise<[string, number][]> {
    await page.locator(`[role=row][data-name="${names[3]}"]`).waitFor();
    const rows = await page
      .locator('[role=row][data-name]')
      .evaluateAll((elements) =>
        elements.map((element) => [
          element.getAttribute('data-name'),
          Number(element.getAttribute('data-depth')),
        ]),
      );
    return (rows as [string, number][])
      .filter(([name]) => names.includes(name))
      .map(([name, depth], _index, all) => [name, depth - all[0]![1]]);
  }
}

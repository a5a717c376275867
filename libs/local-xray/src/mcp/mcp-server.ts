import { McpServer, ResourceTemplate } from '@modelcontextprotocol/sdk/server/mcp.js';
import { VERSION } from '../version';
import { type Texts, TOOLS } from './mcp-tools';

const INSTRUCTIONS =
  'Traces of the applications that report to this local X-Ray: what each request did, how long it took, what failed, and at which source line. find_traces lists traces with their problems; get_trace explains one. All tools are read-only.';

/** A server for one connection: every tool reads, none writes. */
export function createMcpServer(texts: Texts): McpServer {
  const server = new McpServer(
    { name: 'local-xray', title: 'Local X-Ray', version: VERSION },
    { instructions: INSTRUCTIONS },
  );
  for (const { name, title, description, input, answer } of TOOLS) {
    server.registerTool(
      name,
      { title, description, inputSchema: input, annotations: { readOnlyHint: true } },
      async (given, { signal }) => {
        try {
          const text = await answer(texts, given as Record<string, string | undefined>, signal);
          return { content: [{ type: 'text', text }] };
        } catch (error) {
          // The model reads the message and can correct its call.
          return { isError: true, content: [{ type: 'text', text: (error as Error).message }] };
        }
      },
    );
  }
  server.registerResource(
    'trace',
    new ResourceTemplate('trace://{id}', {
      list: async ({ signal }) => ({
        resources: (await texts.traces.newest(signal)).map(({ id, title }) => ({
          uri: `trace://${id}`,
          name: id,
          title,
          mimeType: 'text/markdown',
        })),
      }),
    }),
    { title: 'A trace', description: 'A trace as text', mimeType: 'text/markdown' },
    async (uri, { id }, { signal }) => {
      const text = await texts.traces.trace(String(id), undefined, signal);
      return { contents: [{ uri: uri.href, mimeType: 'text/markdown', text }] };
    },
  );
  return server;
}

import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import type { JSONRPCMessage } from '@modelcontextprotocol/sdk/types.js';
import type { Endpoint } from './endpoint';

/** Relays the Model Context Protocol between this process's stdin and stdout and the endpoint's /mcp. */
export async function bridgeStdio(endpoint: Endpoint): Promise<void> {
  const http = new StreamableHTTPClientTransport(new URL(`${endpoint.url}/mcp`));
  const stdio = new StdioServerTransport();
  const ended = new Promise<void>((resolve) => {
    stdio.onclose = resolve;
    process.stdin.once('end', resolve);
  });
  http.onmessage = (message) => void stdio.send(message);
  stdio.onmessage = (message) => {
    http
      .send(message)
      .catch((error: unknown) => void stdio.send(refusal(message, error, endpoint)));
  };
  await http.start();
  await stdio.start();
  await ended;
  await http.close();
}

/** A request must get an answer; a failed notification is reported on stderr. */
function refusal(message: JSONRPCMessage, error: unknown, { url }: Endpoint): JSONRPCMessage {
  const said = `No local X-Ray answers at ${url} (${(error as Error).message}). Start it with "npx local-xray".`;
  if (!('id' in message)) {
    console.error(said);
    return {
      jsonrpc: '2.0',
      method: 'notifications/message',
      params: { level: 'error', data: said },
    };
  }
  return { jsonrpc: '2.0', id: message.id, error: { code: -32_000, message: said } };
}

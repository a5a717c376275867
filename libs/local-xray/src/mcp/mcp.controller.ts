import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { All, Body, Controller, Req, Res } from '@nestjs/common';
import type { Request, Response } from 'express';
import { parseJson } from '../http/input';
import { TableTexts } from '../texts/table-texts';
import { TraceTexts } from '../texts/trace-texts';
import { createMcpServer } from './mcp-server';

/** `/mcp`: the Model Context Protocol over Streamable HTTP, without sessions. */
@Controller('mcp')
export class McpController {
  constructor(
    private readonly traces: TraceTexts,
    private readonly tables: TableTexts,
  ) {}

  @All()
  async handle(
    @Req() request: Request,
    @Res() response: Response,
    @Body() body: Buffer | undefined,
  ): Promise<void> {
    const message = request.method === 'POST' ? parseJson(body) : undefined;
    const server = createMcpServer({ traces: this.traces, tables: this.tables });
    const transport = new StreamableHTTPServerTransport({ enableJsonResponse: true });
    response.once('close', () => void server.close());
    await server.connect(transport);
    await transport.handleRequest(request, response, message);
  }
}

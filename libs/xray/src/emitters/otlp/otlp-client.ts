import { request as httpRequest, Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { request as httpsRequest, Agent as HttpsAgent } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { encodeExportRequest } from './otlp-protobuf';
import type { OtlpSettings } from './otlp-settings';
import type { ExportRequest } from './otlp-span';
import { isXrayEndpoint, signForXray } from './sigv4';

const compress = promisify(gzip);

/** Answers that a later attempt may change; all others are final. */
const RETRYABLE = new Set([408, 429, 502, 503, 504]);

/** An attempt that failed, and whether another makes sense. */
export class ExportError extends Error {
  constructor(
    message: string,
    readonly retryable: boolean,
    /** What the collector asked for, by Retry-After. */
    readonly waitMs?: number,
  ) {
    super(message);
    this.name = 'ExportError';
  }
}

/** Posts export requests on kept-alive connections. */
export class OtlpClient {
  private readonly agent: HttpAgent;
  private readonly secure: boolean;

  constructor(private readonly settings: OtlpSettings) {
    this.secure = settings.url.startsWith('https:');
    this.agent = new (this.secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 2 });
  }

  /** Resolves when the collector took it. @throws ExportError */
  async post(body: ExportRequest): Promise<void> {
    const { protocol, gzip: zip, url } = this.settings;
    const json = protocol === 'http/json';
    const plain = json ? Buffer.from(JSON.stringify(body)) : Buffer.from(encodeExportRequest(body));
    const payload = zip ? await compress(plain) : plain;
    let headers: Record<string, string> = {
      ...this.settings.headers,
      'content-type': json ? 'application/json' : 'application/x-protobuf',
      'content-length': String(payload.length),
      ...(zip && { 'content-encoding': 'gzip' }),
    };
    if (isXrayEndpoint(url)) headers = await signForXray(url, headers, payload);
    await this.send(payload, headers);
  }

  /** Ends idle connections. */
  close(): void {
    this.agent.destroy();
  }

  private send(payload: Buffer, headers: Record<string, string>): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = (this.secure ? httpsRequest : httpRequest)(
        this.settings.url,
        { method: 'POST', headers, agent: this.agent, timeout: this.settings.timeoutMs },
        (response) => {
          const { statusCode = 0 } = response;
          let said = '';
          response.on('data', (chunk: Buffer) => {
            if (said.length < 300) said += chunk.toString('latin1');
          });
          response.on('error', (problem) => reject(new ExportError(problem.message, true)));
          response.on('end', () => {
            if (statusCode >= 200 && statusCode < 300) return resolve();
            const why = said.replace(/[^\x20-\x7e]+/g, ' ').slice(0, 200);
            reject(
              new ExportError(
                `it answered ${statusCode} ${why}`.trim(),
                RETRYABLE.has(statusCode),
                retryAfter(response.headers),
              ),
            );
          });
        },
      );
      request.on('timeout', () =>
        request.destroy(new Error(`no answer within ${this.settings.timeoutMs} ms`)),
      );
      request.on('error', (problem: NodeJS.ErrnoException) =>
        reject(new ExportError(problem.code ?? problem.message, true)),
      );
      request.end(payload);
    });
  }
}

function retryAfter({ 'retry-after': value }: IncomingHttpHeaders): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return ms >= 0 ? Math.min(ms, 60_000) : undefined;
}

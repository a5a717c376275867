import { Agent as HttpAgent, type IncomingHttpHeaders } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { httpAnswer } from '../../net/http-request';
import type { OtlpSettings } from './otlp-settings';
import type { ExportRequest } from '../../document';
import { partialSuccess, type PartialSuccess } from './partial-success';
import { protobuf } from './protobuf';
import { defaultSigner, signed, xrayRegion } from './sigv4';

const compress = promisify(gzip);

/** Statuses after which another attempt may succeed. All others are final. */
const RETRYABLE = new Set([408, 429, 502, 503, 504]);

/** Statuses that mean the request was too large or something in it was invalid. */
const REFUSALS = new Set([400, 413]);
const MAX_SAID = 200;

/** A failed attempt, and whether another one makes sense. */
export class ExportError extends Error {
  constructor(
    message: string,
    readonly retryable: boolean,
    /** The delay that the collector requested with Retry-After. */
    readonly waitMs?: number,
    /** Status of the response, if there was one. */
    readonly status?: number,
  ) {
    super(message);
    this.name = 'ExportError';
  }

  /** Whether a part of the request might be accepted. */
  get isRefusal(): boolean {
    return this.status !== undefined && REFUSALS.has(this.status);
  }

  /** Whether the credentials were rejected. */
  get isDenial(): boolean {
    return this.status === 401 || this.status === 403;
  }
}

/** Posts export requests on kept-alive connections. */
export class OtlpClient {
  private readonly agent: HttpAgent;

  constructor(private readonly settings: OtlpSettings) {
    const AgentClass = settings.url.startsWith('https:') ? HttpsAgent : HttpAgent;
    this.agent = new AgentClass({ keepAlive: true, maxSockets: 2 });
  }

  /**
   * Resolves when the collector has accepted the request, with what it rejected of it. @throws
   * ExportError
   */
  async post(body: ExportRequest): Promise<PartialSuccess> {
    const { protocol, gzip: zip, url } = this.settings;
    const json = protocol === 'http/json';
    const text = json ? Buffer.from(JSON.stringify(body)) : undefined;
    const plain = text ?? Buffer.from(protobuf().encodeExportRequest(body));
    const payload = zip ? await compress(plain) : plain;
    let headers: Record<string, string> = {
      ...this.settings.headers,
      'content-type': json ? 'application/json' : 'application/x-protobuf',
      'content-length': String(payload.length),
      ...(zip && { 'content-encoding': 'gzip' }),
    };
    const region = this.settings.sign?.region ?? xrayRegion(url);
    if (region !== undefined) {
      const signer = this.settings.sign?.signer ?? defaultSigner(region);
      headers = await signed(url, signer, headers, payload);
    }
    return this.send(payload, headers);
  }

  /** Closes idle connections. */
  close(): void {
    this.agent.destroy();
  }

  private async send(body: Buffer, headers: Record<string, string>): Promise<PartialSuccess> {
    const { url, timeoutMs } = this.settings;
    const { agent } = this;
    const request = { method: 'POST', headers, body, agent, timeoutMs };
    const answer = await httpAnswer(url, request).catch((problem: NodeJS.ErrnoException) => {
      throw new ExportError(problem.code ?? problem.message, true);
    });
    const { status } = answer;
    if (status >= 200 && status < 300) {
      return partialSuccess(answer.bytes, answer.headers['content-type']);
    }
    const said = answer.body.slice(0, MAX_SAID).replace(/[^\x20-\x7e]+/g, ' ');
    const retryable = RETRYABLE.has(status);
    throw new ExportError(
      `it answered ${status} ${said}`.trim(),
      retryable,
      retryAfter(answer.headers),
      status,
    );
  }
}

function retryAfter({ 'retry-after': value }: IncomingHttpHeaders): number | undefined {
  if (value === undefined) return undefined;
  const seconds = Number(value);
  const ms = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - Date.now();
  return ms >= 0 ? Math.min(ms, 60_000) : undefined;
}

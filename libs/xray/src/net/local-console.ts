import { performance } from '../core/real-time';
import type { Address } from './daemon-address';
import { hostPort } from './host';
import { httpAnswer } from './http-request';

const TIMEOUT_MS = 1_000;
/** How long after an attempt without an answer the next one may follow: it may start later. */
const PAUSE_MS = 10_000;

/**
 * The console that local X-Ray serves at an address, if that is what listens there. An X-Ray daemon
 * takes segments at the same address; it is asked at most once.
 */
export class LocalConsole {
  private known: string | undefined;
  private asked: Promise<string | undefined> | undefined;
  private askAgainAt = 0;

  constructor(private readonly address: Address) {}

  /** Calls `use` with the console's URL: at once if it is known, and not at all without one. */
  withUrl(use: (url: string) => void): void {
    if (this.known !== undefined) return use(this.known);
    if (this.asked === undefined && performance.now() < this.askAgainAt) return;
    this.asked ??= this.ask().finally(() => void (this.asked = undefined));
    void this.asked.then((url) => url !== undefined && use(url));
  }

  private async ask(): Promise<string | undefined> {
    const { host, port } = this.address;
    const url = `http://${hostPort(host, port)}`;
    try {
      const { body } = await httpAnswer(`${url}/health`, { timeoutMs: TIMEOUT_MS });
      this.askAgainAt = Infinity;
      const { name } = JSON.parse(body) as { name?: unknown };
      if (name === 'local-xray') this.known = url;
    } catch {
      this.askAgainAt = Math.max(this.askAgainAt, performance.now() + PAUSE_MS);
    }
    return this.known;
  }
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { SegmentDocument, SubsegmentDocument } from '@nestjs-xray/document';
import { type LocalXray, startLocalXray } from 'local-xray';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { launchChromium } from './chromium';

const built = join(__dirname, '..', '..', '..', 'dist', 'apps', 'viewer', 'index.html');

/** The built page, served by a real local X-Ray, in a real browser. */
export class Console {
  private constructor(
    public server: LocalXray,
    private readonly browser: Browser,
    private readonly contexts: BrowserContext[] = [],
  ) {}

  static async start(options: Parameters<typeof startLocalXray>[0] = {}): Promise<Console> {
    if (!existsSync(built)) {
      throw new Error(`The viewer is not built: ${built} is missing. Run npm run build.`);
    }
    const server = await startLocalXray({
      address: '127.0.0.1:0',
      database: ':memory:',
      ...options,
    });
    try {
      return new Console(server, await launchChromium());
    } catch (problem) {
      await server.close(); // else Jest would wait for it, and nobody would read why
      throw problem;
    }
  }

  get url(): string {
    return `http://127.0.0.1:${this.server.port}`;
  }

  /** Sends documents as an application does, and fails when one is refused. */
  async send(documents: readonly (SegmentDocument | SubsegmentDocument)[]): Promise<void> {
    for (let at = 0; at < documents.length; at += 50) {
      const TraceSegmentDocuments = documents.slice(at, at + 50).map((one) => JSON.stringify(one));
      const response = await fetch(`${this.url}/TraceSegments`, {
        method: 'POST',
        body: JSON.stringify({ TraceSegmentDocuments }),
      });
      const answer: any = await response.json();
      if (!response.ok || answer.UnprocessedTraceSegments?.length > 0) {
        throw new Error(`Local X-Ray refused documents: ${JSON.stringify(answer)}`);
      }
    }
  }

  /** A page of its own, without the storage of others. Anything it reports as an error fails the test in `noErrors`. */
  async open(
    path: string,
    options: Parameters<Browser['newContext']>[0] = {},
    slow = process.env.SLOW_BROWSER,
  ): Promise<ConsolePage> {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      ...options,
    });
    this.contexts.push(context);
    const page = (await context.newPage()) as ConsolePage;
    page.problems = [];
    page.on('pageerror', (error) => page.problems.push(String(error)));
    page.on('console', (message) => {
      // A filter that is wrong and a source that may not be read are answered with 400 and 404.
      if (message.type() === 'error' && !/status of 40[04]/.test(message.text())) {
        page.problems.push(message.text());
      }
    });
    await slowDown(page, slow);
    await page.goto(new URL(path, this.url).href);
    return page;
  }

  async closePages(): Promise<void> {
    await Promise.all(this.contexts.splice(0).map((context) => context.close()));
  }

  /** Starts local X-Ray again where it was, with nothing kept. */
  async restart(): Promise<void> {
    this.server = await startLocalXray({ address: this.server.address, database: ':memory:' });
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.close();
  }
}

/**
 * A page as on a busy machine: SLOW_BROWSER=frames draws four times a second, SLOW_BROWSER=cpu gives pages a
 * sixth of the processor. What reads too early, or is ready only once it has been drawn, fails here, not in CI.
 */
async function slowDown(page: Page, kind: string | undefined): Promise<void> {
  if (kind === 'cpu') {
    const session = await page.context().newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  } else if (kind === 'frames') {
    await page.addInitScript(() => {
      const draw = window.requestAnimationFrame.bind(window);
      window.requestAnimationFrame = (work) => Number(setTimeout(() => draw(work), 250));
      window.cancelAnimationFrame = (id) => clearTimeout(id);
    });
  }
}

/** A page that remembers what went wrong in it. */
export type ConsolePage = Page & { problems: string[] };

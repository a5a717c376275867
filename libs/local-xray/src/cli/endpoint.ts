import { DEFAULT_ADDRESS } from '../options/local-xray.options';

/** No local X-Ray answers at the address, or it answered with an error. */
export class EndpointError extends Error {
  override readonly name = 'EndpointError';
}

/** A running local X-Ray, as the terminal commands query it. */
export class Endpoint {
  readonly url: string;

  constructor(address: string | undefined, env: NodeJS.ProcessEnv = process.env) {
    const given = address ?? (env.XRAY_LOCAL_ADDRESS || DEFAULT_ADDRESS);
    this.url = (/^https?:\/\//.test(given) ? given : `http://${given}`).replace(/\/+$/, '');
  }

  /** @throws EndpointError with what to do. */
  async get(
    path: string,
    query: Record<string, string | number | undefined> = {},
  ): Promise<Response> {
    const url = new URL(`${this.url}${path}`);
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(key, String(value));
    }
    let response: Response;
    try {
      response = await fetch(url);
    } catch (error) {
      const { cause } = error as { cause?: { message?: string } };
      throw new EndpointError(
        `No local X-Ray answers at ${this.url} (${cause?.message ?? String(error)}). Start it with "npx local-xray", or give its address with --endpoint.`,
      );
    }
    if (response.ok) return response;
    const text = await response.text();
    throw new EndpointError(
      messageIn(text) ?? `${url.pathname} answered ${response.status}: ${text}`,
    );
  }
}

function messageIn(text: string): string | undefined {
  try {
    const { Message, message } = JSON.parse(text) as { Message?: string; message?: string };
    return Message ?? message;
  } catch {
    return undefined;
  }
}

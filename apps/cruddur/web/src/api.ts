/** A reply as the API gives it. */
export interface Reply {
  uuid: string;
  handle: string;
  display_name: string;
  message: string;
  reply_to_activity_uuid: string | null;
  likes_count: number;
  replies_count: number;
  reposts_count: number;
  created_at: string;
  expires_at: string | null;
}

/** An activity as the API gives it; `reason` is there in a list of notifications. */
export interface Activity extends Reply {
  replies: Reply[];
  reason?: 'mention' | 'reply';
}

/** A finished request, for the list of traces. */
export interface Exchange {
  /** Counts up, newest highest. */
  number: number;
  method: string;
  path: string;
  /** 0 when no answer came. */
  status: number;
  milliseconds: number;
  /** Where its trace can be seen; undefined when it has none. */
  traceUrl: string | undefined;
}

/** An answer other than 200: the API's codes, or one message. */
export class ApiError extends Error {
  constructor(
    readonly codes: string[],
    message: string,
    readonly exchange: Exchange,
  ) {
    super(message);
  }
}

let count = 0;

/** Asks the API as `handle`; tells `heard` of every exchange, failed ones too. @throws ApiError */
export function client(handle: string, heard: (exchange: Exchange) => void) {
  async function ask<T>(method: 'GET' | 'POST', path: string, body?: object): Promise<T> {
    const began = performance.now();
    const exchange = (status: number, traceUrl?: string | null): Exchange => {
      const done = {
        number: ++count,
        method,
        path,
        status,
        milliseconds: performance.now() - began,
        traceUrl: traceUrl ?? undefined,
      };
      heard(done);
      return done;
    };
    let answer: Response;
    let text: string;
    try {
      answer = await fetch(`/api/activities${path}`, {
        method,
        headers: { 'content-type': 'application/json', 'x-cruddur-user': handle },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      text = await answer.text();
    } catch {
      throw new ApiError([], 'Cruddur does not answer. Is it still running?', exchange(0));
    }
    const done = exchange(answer.status, answer.headers.get('x-trace-url'));
    const read: unknown = JSON.parse(text);
    if (answer.ok) return read as T;
    if (Array.isArray(read)) throw new ApiError(read as string[], '', done);
    throw new ApiError([], (read as { message: string }).message, done);
  }

  return {
    home: (nPlusOne: boolean) => ask<Activity[]>('GET', `/home${nPlusOne ? '?n_plus_one=1' : ''}`),
    user: (of: string) => ask<Activity[]>('GET', `/@${encodeURIComponent(of)}`),
    notifications: () => ask<Activity[]>('GET', '/notifications'),
    search: (term: string) => ask<Activity[]>('GET', `/search?term=${encodeURIComponent(term)}`),
    show: (uuid: string) => ask<Activity>('GET', `/${encodeURIComponent(uuid)}`),
    crud: (message: string, ttl: string) => ask<Activity>('POST', '', { message, ttl }),
    reply: (to: string, message: string) => ask<Reply>('POST', `/${to}/reply`, { message }),
  };
}

export type Api = ReturnType<typeof client>;

import { isIP } from 'node:net';
import type { NextFunction, Request, Response } from 'express';

/**
 * Refuses what a web page could send: a request whose Host is a public name (a page that
 * rebinds its own name to 127.0.0.1 would have it) or whose Origin is another site.
 *
 * Allowed are IP addresses, `localhost`, names without a dot such as a container's, `*.localhost`,
 * `host.docker.internal` and the names given. None of them can be registered by a stranger.
 */
export function hostGuard(allowedHosts: readonly string[]) {
  const named = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const allowed = (host: string): boolean =>
    isIP(host) !== 0 ||
    named.has(host) ||
    /^[a-z0-9_-]+$/.test(host) ||
    host.endsWith('.localhost') ||
    host === 'host.docker.internal';

  return (request: Request, response: Response, next: NextFunction): void => {
    const host = request.headers.host ?? '';
    const { origin } = request.headers;
    if (!allowed(hostname(host))) {
      refuse(
        response,
        `Host ${JSON.stringify(host.slice(0, 100))} is not this server. Start it with --allow-host to permit it.`,
      );
    } else if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
      refuse(response, 'Requests from other sites are refused.');
    } else next();
  };
}

/** The name of `name:port` or `[v6]:port`, in lower case. */
function hostname(host: string): string {
  const match = /^(?:\[([^\]]*)\]|([^:]*))(?::\d+)?$/.exec(host);
  return (match?.[1] ?? match?.[2] ?? '.').toLowerCase();
}

function refuse(response: Response, message: string): void {
  response
    .status(403)
    .setHeader('x-amzn-ErrorType', 'AccessDeniedException')
    .json({ __type: 'AccessDeniedException', Message: message });
}

import { isIP } from 'node:net';
import type { NextFunction, Request, Response } from 'express';

/**
 * Refuses what a web page could send: a request whose Host is a public name (a page that
 * rebinds its own name to 127.0.0.1 would have it) or that comes from another site.
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
    if (!allowed(hostname(host))) {
      refuse(
        response,
        `Host ${JSON.stringify(host.slice(0, 100))} is not this server. Start it with --allow-host to permit it.`,
      );
    } else if (isFromElsewhere(request, host.toLowerCase())) {
      refuse(response, 'Requests from other sites are refused.');
    } else next();
  };
}

/**
 * Whether a page of another site sent it. `https` is ours too: a proxy in front may speak TLS. A browser says of
 * images and the like, which have no Origin, that they come from another site; only whoever follows a link may.
 */
function isFromElsewhere({ headers, method }: Request, host: string): boolean {
  const origin = headers.origin?.toLowerCase();
  if (origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`) {
    return true;
  }
  if (headers['sec-fetch-site'] !== 'cross-site') return false;
  return !(method === 'GET' && headers['sec-fetch-mode'] === 'navigate');
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

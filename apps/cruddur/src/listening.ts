import { createServer } from 'node:net';

/** A port that cannot be used; the message gives the port and its variable. */
export class PortError extends Error {
  override readonly name = 'PortError';
}

/** Turns the error of a failed `listen` into one that says what to do. */
export function listenError(error: unknown, host: string, port: number, variable: string): unknown {
  const { code, message } = error as NodeJS.ErrnoException;
  const why: Record<string, string> = {
    EADDRINUSE: 'another process uses that port',
    EACCES: 'this user may not use that port',
    EADDRNOTAVAIL: 'this machine does not have that address',
    ENOTFOUND: 'that host name is not known',
  };
  const reason = why[code ?? ''];
  if (reason === undefined) return error;
  return new PortError(
    `Cannot listen on ${host}:${port}: ${reason} (${message}). ` +
      `Stop it, or set ${variable} to another port.`,
    { cause: error },
  );
}

/** @throws PortError when `port` on `host` is not available; port 0 always is */
export async function requireFreePort(host: string, port: number, variable: string): Promise<void> {
  const server = createServer();
  try {
    await new Promise<void>((settle, reject) => {
      server.once('error', reject);
      server.listen(port, host, settle);
    });
  } catch (error) {
    throw listenError(error, host, port, variable);
  }
  await new Promise((settle) => server.close(settle));
}

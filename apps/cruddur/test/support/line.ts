import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A connection to a server that can go dead without being closed, as a broken network does. */
export interface Line {
  /** The server's, by way of this line. */
  databaseUrl: string;
  silence(): void;
  resume(): void;
  close(): Promise<void>;
}

/** Lays a line to the server at `databaseUrl`. */
export async function openLine(databaseUrl: string): Promise<Line> {
  const url = new URL(databaseUrl);
  const ends = new Set<Socket>();
  let silent = false;
  const pass = (from: Socket, to: Socket) => {
    ends.add(from);
    from.on('data', (chunk) => to.write(chunk));
    from.once('close', () => {
      ends.delete(from);
      to.destroy();
    });
    from.on('error', () => to.destroy());
    if (silent) from.pause();
  };
  const { hostname, port } = url;
  const line = createServer((near) => {
    const far = connect(Number(port), hostname);
    pass(near, far);
    pass(far, near);
  }).listen(0, '127.0.0.1');
  await once(line, 'listening');
  url.port = String((line.address() as AddressInfo).port);
  return {
    databaseUrl: url.href,
    silence: () => {
      silent = true;
      for (const end of ends) end.pause();
    },
    resume: () => {
      silent = false;
      for (const end of ends) end.resume();
    },
    close: async () => {
      for (const end of ends) end.destroy();
      line.close();
      await once(line, 'close');
    },
  };
}

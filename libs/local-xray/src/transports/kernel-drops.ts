import { readFile } from 'node:fs/promises';

/**
 * Datagrams that the kernel dropped because the socket's buffer was full. Undefined where this is
 * unknown: everywhere except on Linux.
 */
export async function kernelDrops(host: string, port: number): Promise<number | undefined> {
  try {
    return dropsIn(
      await readFile(host.includes(':') ? '/proc/net/udp6' : '/proc/net/udp', 'utf8'),
      port,
    );
  } catch {
    return undefined;
  }
}

/** Reads the last column of the lines whose local address has the port. */
export function dropsIn(table: string, port: number): number | undefined {
  const wanted = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  let drops: number | undefined;
  for (const line of table.split('\n').slice(1)) {
    const fields = line.trim().split(/\s+/);
    if (fields[1]?.endsWith(wanted)) drops = (drops ?? 0) + Number(fields[fields.length - 1]);
  }
  return drops;
}

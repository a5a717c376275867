import { writeJson } from '@nestjs-xray/document';
import { openReader } from '../store/open-database';
import { type Handler, serveThread } from '../threads/serve-thread';
import { ReadContext } from './read-context';
import { READS } from './read-table';

/** A reader's thread: answers every read of the table with the bytes of its JSON. */
serveThread<{ database: string }>(({ database }) => {
  const driver = openReader(database);
  const context = new ReadContext(driver);
  const handlers = Object.entries(READS).map(([name, read]): [string, Handler] => [
    name,
    async ([query]: [never], signal) => bytesOf(await read(context, query, signal)),
  ]);
  return { handlers: Object.fromEntries(handlers), close: () => driver.close() };
});

/** Copied to their own memory, so that they can be transferred to another thread. */
function bytesOf(answer: unknown): Uint8Array {
  return new TextEncoder().encode(writeJson(answer));
}

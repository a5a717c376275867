import { XrayError } from './xray.error';

/**
 * What became of documents that were handed to the store.
 *
 * @throws XrayError of status 503, after which clients try again, when the store could not write.
 */
export async function stored<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const advice = /malformed|not a database|corrupt/i.test(reason)
      ? 'The database is damaged: stop local X-Ray, move the file away and start it again'
      : 'Check that the database can be written and its disk has space';
    const message = `The documents could not be stored: ${reason}. ${advice}.`;
    throw new XrayError('ServiceUnavailableException', message);
  }
}

/** The address is not available; the message names it and explains how to choose another. */
export class AddressError extends Error {
  override name = 'AddressError';
}

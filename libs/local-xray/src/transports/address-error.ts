/** The address cannot be had; the message names it, and how to choose another. */
export class AddressError extends Error {
  override name = 'AddressError';
}

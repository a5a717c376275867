/** Epoch seconds. Tests put another one in. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now() / 1000;

/** Pixels of the largest circle, from its middle to its rim. */
export const MAX_RADIUS = 40;

/** Size of a name with its kind and health beneath. */
export const LABEL = { width: 136, narrow: 112, height: 50 };

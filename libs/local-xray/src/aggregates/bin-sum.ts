/** The sum of the occurrences of a facet on a route whose durations fall into one bin. */
export interface BinSum {
  facet: number;
  /** The number of the route's facet; 0 if there is no route. */
  route: number;
  bin: number;
  count: number;
  seconds: number;
  fault: number;
  error: number;
  throttle: number;
  traces: number;
}

export function emptySum(): BinSum {
  return {
    facet: 0,
    route: 0,
    bin: 0,
    count: 0,
    seconds: 0,
    fault: 0,
    error: 0,
    throttle: 0,
    traces: 0,
  };
}

/** Adds the counts of `other`, which has the same facet, route and bin; with the sign -1, subtracts them. */
export function addSum(sum: BinSum, other: Readonly<BinSum>, sign: 1 | -1 = 1): void {
  sum.count += sign * other.count;
  sum.seconds += sign * other.seconds;
  sum.fault += sign * other.fault;
  sum.error += sign * other.error;
  sum.throttle += sign * other.throttle;
  sum.traces += sign * other.traces;
}

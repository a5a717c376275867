/** Pixels that the parts of a map take up. */
export interface Sizes {
  /** Of the smallest and the largest circle. */
  minRadius: number;
  maxRadius: number;
  /** A name with what stands beneath it. */
  label: { width: number; narrow: number; height: number };
  /** Whether names may stand above too: as much room there keeps circles of one chain on one line. */
  above: boolean;
  /** Between the ranks of a map from left to right. */
  rankGap: number;
  /** Room of a line that passes a rank between nodes. */
  lane: number;
}

/** With kind and health beneath each name, and figures at each edge. */
export const ROOMY: Sizes = {
  minRadius: 22,
  maxRadius: 40,
  label: { width: 136, narrow: 112, height: 50 },
  above: true,
  rankGap: 120,
  lane: 40,
};

/** For maps that would not fit otherwise: names, and health where there is trouble. */
export const COMPACT: Sizes = {
  minRadius: 11,
  maxRadius: 18,
  label: { width: 112, narrow: 96, height: 32 },
  above: false,
  rankGap: 64,
  lane: 16,
};

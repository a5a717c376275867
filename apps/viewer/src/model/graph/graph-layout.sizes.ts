/** Sizes of the parts of a map, in pixels. */
export interface Sizes {
  /** Radius of the smallest and the largest circle. */
  minRadius: number;
  maxRadius: number;
  /** A name with the lines below it. */
  label: { width: number; narrow: number; height: number };
  /** Whether names may also be above. Equal space above and below keeps the circles of a chain on one line. */
  above: boolean;
  /** The distance between the ranks of a map from left to right. */
  rankGap: number;
  /** The space of a line that passes a rank between nodes. */
  lane: number;
}

/** With type and health below each name, and numbers on each edge. */
export const ROOMY: Sizes = {
  minRadius: 22,
  maxRadius: 40,
  label: { width: 136, narrow: 112, height: 50 },
  above: true,
  rankGap: 120,
  lane: 40,
};

/** For maps that would not fit otherwise: names, and health only for nodes with errors or faults. */
export const COMPACT: Sizes = {
  minRadius: 11,
  maxRadius: 18,
  label: { width: 112, narrow: 96, height: 32 },
  above: false,
  rankGap: 64,
  lane: 16,
};

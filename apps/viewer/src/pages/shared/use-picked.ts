import { useState } from 'preact/hooks';

export interface Picked<Row> {
  current: number;
  row?: Row;
  /** Whether its panel is open. */
  open: boolean;
  /** How often a row was picked. */
  picks: number;
  /** Selects a row and opens its panel. */
  pick: (at: number) => void;
  close: () => void;
}

/** The current row, which is the one in the address or else the first, and whether its panel is open. */
export function usePicked<Row extends { name: string }>(
  rows: readonly Row[],
  name: string,
  onPick: (name: string | undefined) => void,
): Picked<Row> {
  const [open, setOpen] = useState(true);
  const [picks, setPicks] = useState(0);
  const found = rows.findIndex((row) => row.name === name);
  const current = Math.max(found, 0);
  const row = rows[current];
  return {
    current,
    ...(row && { row }),
    open,
    picks,
    pick: (at) => {
      setOpen(true);
      setPicks((before) => before + 1);
      onPick(rows[Math.max(0, Math.min(at, rows.length - 1))]?.name);
    },
    close: () => setOpen(false),
  };
}

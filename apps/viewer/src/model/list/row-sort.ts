/** The column by which rows are sorted, and the direction. */
export interface Sort {
  by: string;
  down: boolean;
}

/** Parses a sort order in the address: `-p95` sorts by p95, largest first. */
export function sortBy(text: string, usual: Sort): Sort {
  if (!text) return usual;
  return text.startsWith('-') ? { by: text.slice(1), down: true } : { by: text, down: false };
}

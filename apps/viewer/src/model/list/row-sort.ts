/** By which column rows are sorted, and whether the largest comes first. */
export interface Sort {
  by: string;
  down: boolean;
}

/** From the address: `-p95` is the largest p95 first. */
export function sortBy(text: string, usual: Sort): Sort {
  if (!text) return usual;
  return text.startsWith('-') ? { by: text.slice(1), down: true } : { by: text, down: false };
}

/** How many more characters the metadata of one document may have, roughly as JSON counts them. */
export class Budget {
  /** Whether something was left out because the budget was used up. */
  exceeded = false;

  constructor(public left: number) {}

  spend(characters: number): void {
    this.left -= characters;
  }

  /** Whether the budget is used up; checked before each value. */
  get isSpent(): boolean {
    if (this.left > 0) return false;
    this.exceeded = true;
    return true;
  }
}

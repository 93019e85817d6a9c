/** How often something was met, with a few of the names it was met at. */
export interface Counted {
  what: string;
  count: number;
  /** The first three. */
  examples: readonly string[];
}

const EXAMPLES = 3;
/** A list may hold anything under a name that becomes part of `what`. */
const MOST_KINDS = 40;

/** Counts by what was met, in the order of first occurrence. */
export class Counts {
  private readonly byWhat = new Map<string, { what: string; count: number; examples: string[] }>();

  add(what: string, example: string): void {
    const key = this.byWhat.has(what) || this.byWhat.size < MOST_KINDS ? what : 'other things';
    const counted = this.byWhat.get(key) ?? { what: key, count: 0, examples: [] };
    this.byWhat.set(key, counted);
    counted.count++;
    if (counted.examples.length < EXAMPLES) counted.examples.push(example.slice(0, 80));
  }

  list(): Counted[] {
    return [...this.byWhat.values()];
  }
}

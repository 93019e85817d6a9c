/** Numbers of which the largest is at hand: a binary heap. */
export class LargestFirst {
  private readonly heap: number[] = [];

  /** −∞ when there is none. */
  get largest(): number {
    return this.heap[0] ?? -Infinity;
  }

  add(value: number): void {
    const { heap } = this;
    let at = heap.push(value) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (heap[above]! >= value) break;
      heap[at] = heap[above]!;
      at = above;
    }
    heap[at] = value;
  }

  /** Takes the largest away, and puts another in. */
  replaceLargest(value: number): void {
    const { heap } = this;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && heap[below + 1]! > heap[below]!) below++;
      if (heap[below]! <= value) break;
      heap[at] = heap[below]!;
      at = below;
    }
    heap[at] = value;
  }
}

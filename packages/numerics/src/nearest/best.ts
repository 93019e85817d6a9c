/** What scores highest of all that is offered, one by one. */
export interface Best {
  /** Lets a number through that may still get in: below it nothing does. */
  threshold(): number;
  offer(item: number, score: number, order: number): void;
  /** Highest score first, equal ones by order. */
  take(): { items: Int32Array; scores: Float64Array };
}

/**
 * The `count` items of highest score, in a heap whose root is the worst of them. Equal scores: the lower order is better.
 * @param count at least 0
 */
export function keepBest(count: number): Best {
  const items = new Int32Array(count);
  const scores = new Float64Array(count);
  const orders = new Float64Array(count);
  let size = 0;

  const worse = (a: number, b: number) =>
    scores[a]! < scores[b]! || (scores[a] === scores[b] && orders[a]! > orders[b]!);
  const swap = (a: number, b: number) => {
    for (const part of [items, scores, orders]) [part[a], part[b]] = [part[b]!, part[a]!];
  };
  const up = (from: number) => {
    for (let at = from; at > 0;) {
      const parent = (at - 1) >> 1;
      if (!worse(at, parent)) return;
      swap(at, parent);
      at = parent;
    }
  };
  const down = () => {
    for (let at = 0; ;) {
      let worst = at;
      for (const child of [2 * at + 1, 2 * at + 2]) if (child < size && worse(child, worst)) worst = child;
      if (worst === at) return;
      swap(at, worst);
      at = worst;
    }
  };
  const put = (at: number, item: number, score: number, order: number) => {
    items[at] = item;
    scores[at] = score;
    orders[at] = order;
  };

  return {
    threshold: () => (size < count ? -Infinity : count === 0 ? Infinity : scores[0]!),
    offer(item, score, order) {
      if (size < count) {
        put(size, item, score, order);
        up(size++);
      } else if (count > 0 && (score > scores[0]! || (score === scores[0] && order < orders[0]!))) {
        put(0, item, score, order);
        down();
      }
    },
    take() {
      const sorted = Array.from({ length: size }, (_, at) => at).sort(
        (a, b) => scores[b]! - scores[a]! || orders[a]! - orders[b]!,
      );
      return {
        items: Int32Array.from(sorted, (at) => items[at]!),
        scores: Float64Array.from(sorted, (at) => scores[at]!),
      };
    },
  };
}

import type { Call } from '../calls.js';
import { hash53 } from '../group/hash.js';
import { LargestFirst } from './largest-first.js';
import { Rest } from './rest.js';

/** Calls of one text, in the order they came. */
interface Drawn {
  calls: [order: number, call: Call][];
}

/** Queries of one task and split. */
interface Stratum {
  drawn: Map<number, Drawn>;
  /** Their hashes, the largest first. */
  hashes: LargestFirst;
}

/**
 * Draws at most `most` queries of each task and split from calls that pass by once, and sums up all other calls.
 *
 * A query's hash is that of the seed and its text, and those with the smallest hashes are drawn (a bottom-k sample; E. Cohen & H. Kaplan,
 * PODC 2007): each query as likely as any other, however many calls it has. The largest hash that is drawn only ever falls, so that of what is
 * drawn at the end no call was let go before: a query has all its calls, wherever they lie, and the order of the calls changes nothing.
 */
export class Sampler {
  private readonly strata = new Map<string, Stratum>();
  private readonly rest = new Rest();
  private count = 0;

  /** @param splitOf the split of a call that is not drawn */
  constructor(
    private readonly most: number,
    private readonly seed: number,
    private readonly splitOf: (call: Call) => string | null,
  ) {}

  add(call: Call): void {
    const order = this.count++;
    const stratum = this.stratumOf(call);
    const { drawn, hashes } = stratum;
    const hash = hash53(call.query.trim(), this.seed);
    const known = drawn.get(hash);
    if (known !== undefined) {
      known.calls.push([order, call]);
      return;
    }
    if (drawn.size >= this.most) {
      if (hash > hashes.largest) {
        this.rest.add(call, this.splitOf(call));
        return;
      }
      const gone = hashes.largest;
      for (const [, other] of drawn.get(gone)!.calls) this.rest.add(other, this.splitOf(other));
      drawn.delete(gone);
      hashes.replaceLargest(hash);
    } else hashes.add(hash);
    drawn.set(hash, { calls: [[order, call]] });
  }

  private stratumOf({ split, task }: Call): Stratum {
    const key = JSON.stringify([split, task]);
    let found = this.strata.get(key);
    if (found === undefined) this.strata.set(key, (found = { drawn: new Map(), hashes: new LargestFirst() }));
    return found;
  }

  /** The calls of the queries that were drawn, in the order they came. */
  calls(): Call[] {
    const all = [...this.strata.values()].flatMap(({ drawn }) => [...drawn.values()].flatMap(({ calls }) => calls));
    return all.toSorted(([a], [b]) => a - b).map(([, call]) => call);
  }

  /** How many calls are those of queries that are drawn. */
  get drawn(): number {
    return this.count - this.rest.calls;
  }

  /** What the others sum up to. */
  others(): Rest {
    return this.rest;
  }
}

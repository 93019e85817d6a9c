import type { RestOfLog, RestOutcomes } from '@routeprofile/schema';
import type { Call, Field } from '../calls.js';
import type { ScoreReader } from '../scores.js';

/** Sums of one model on one task; `raw` are scores on the scale of their source, of which more is known at the end. */
interface Sums {
  scores: number;
  sum: number;
  squares: number;
  raws: number;
  rawSum: number;
  rawSquares: number;
  costs: number;
  cost: number;
}

const none = (): Sums => ({ scores: 0, sum: 0, squares: 0, raws: 0, rawSum: 0, rawSquares: 0, costs: 0, cost: 0 });

/** Between the name of a model and its label, neither of which holds it. */
const LABELLED = '\u0000';

interface Stratum {
  split: string | null;
  task: string | null;
  models: Map<string, Sums>;
}

/** What calls sum up to, by split, task and model: memory by how many of these there are, and not by calls. */
export class Rest {
  private readonly strata = new Map<string, Stratum>();
  calls = 0;

  /** @param split where the call stands, which a split by time says */
  add({ task, label, outcomes }: Pick<Call, 'task' | 'label' | 'outcomes'>, split: string | null): void {
    this.calls++;
    const { models } = this.stratum(split, task);
    for (const [model, numbers] of outcomes) {
      const name = label === undefined ? model : `${model}${LABELLED}${label}`;
      let sums = models.get(name);
      if (sums === undefined) models.set(name, (sums = none()));
      put(sums, numbers);
    }
  }

  private stratum(split: string | null, task: string | null): Stratum {
    const key = `${split === null ? '' : `=${split}`}${LABELLED}${task === null ? '' : `=${task}`}`;
    let found = this.strata.get(key);
    if (found === undefined) this.strata.set(key, (found = { split, task, models: new Map() }));
    return found;
  }

  /**
   * The sums as a dataset keeps them, scores being on 0 to 1 (or as they are).
   * @param nameOf a model's name, by its name in the calls and its label
   */
  summedUp(scores: ScoreReader, nameOf: (model: string, label: string) => string): RestOfLog[] {
    return [...this.strata.values()].map(({ split, task, models }) => {
      const named = new Map<string, RestOutcomes>();
      for (const [key, sums] of models) {
        const [model, label] = key.split(LABELLED) as [string, string?];
        const name = label === undefined ? model : nameOf(model, label);
        named.set(name, together(named.get(name), onUnit(sums, scores, task)));
      }
      return { split, task, models: Object.fromEntries(named) };
    });
  }
}

function put(sums: Sums, { score, raw, cost }: Partial<Record<Field, number>>): void {
  if (score !== undefined) {
    sums.scores++;
    sums.sum += score;
    sums.squares += score * score;
  }
  if (raw !== undefined) {
    sums.raws++;
    sums.rawSum += raw;
    sums.rawSquares += raw * raw;
  }
  if (cost !== undefined) {
    sums.costs++;
    sums.cost += cost;
  }
}

/** Of s = (r − low) / span: Σs = (Σr − n·low) / span, Σs² = (Σr² − 2·low·Σr + n·low²) / span². */
function onUnit(sums: Sums, scores: ScoreReader, task: string | null): RestOutcomes {
  const { low, span } = scores.linear(task);
  const { raws, rawSum, rawSquares } = sums;
  return {
    scores: sums.scores + raws,
    sum: sums.sum + (rawSum - raws * low) / span,
    squares: sums.squares + (rawSquares - 2 * low * rawSum + raws * low * low) / (span * span),
    costs: sums.costs,
    cost: sums.cost,
  };
}

const together = (known: RestOutcomes | undefined, more: RestOutcomes): RestOutcomes =>
  known === undefined
    ? more
    : {
        scores: known.scores + more.scores,
        sum: known.sum + more.sum,
        squares: known.squares + more.squares,
        costs: known.costs + more.costs,
        cost: known.cost + more.cost,
      };

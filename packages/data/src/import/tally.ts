import { meanOf, type Query, type Sum } from './group/group.js';
import type { ScoreReader } from './scores.js';

interface ModelTally {
  score: Sum;
  latency: Sum;
}

/** What is said of all queries together, summed up while they pass by: no list of them is needed. */
export class Tally {
  queries = 0;
  /** Queries whose calls had several ids, and their calls. */
  merged = 0;
  mergedCalls = 0;
  /** Queries whose calls differ in the answer. */
  answersDiffer = 0;
  /** Calls under another id of a question than the model's call before. */
  collided = 0;
  /** Of models that were run in several ways on one query: the outcomes of each way. */
  readonly systems = new Map<string, Map<number, number>>();
  repeated = 0;
  /** Queries with an outcome of one model only, and those of them with a score. */
  single = 0;
  singleScored = 0;
  private readonly byModel = new Map<string, ModelTally>();

  constructor(private readonly scores: ScoreReader) {}

  see(query: Query): void {
    this.queries++;
    // A row that was there has an id already.
    if (query.ids.length > 1 && query.kept === undefined) {
      this.merged++;
      this.mergedCalls += query.calls;
    }
    if (query.answersDiffer) this.answersDiffer++;
    this.repeated += query.repeated;
    this.collided += query.collided;
    for (const [model, counts] of query.systems) {
      const known = this.systems.get(model) ?? new Map<number, number>();
      this.systems.set(model, known);
      for (const [system, count] of counts) known.set(system, (known.get(system) ?? 0) + count);
    }
    let isScored = false;
    for (const [model, numbers] of query.models) {
      const tally = this.byModel.get(model) ?? { score: [0, 0], latency: [0, 0] };
      this.byModel.set(model, tally);
      const score = scoreOf(numbers, this.scores, query.task);
      if (score !== null) {
        isScored = true;
        add(tally.score, score);
      }
      if (numbers.latency !== undefined) add(tally.latency, meanOf('latency', numbers.latency));
    }
    if (query.models.length === 1) {
      this.single++;
      if (isScored) this.singleScored++;
    }
  }

  /** Queries with a score of this model, and the mean of their scores. */
  scoreOf(model: string): { count: number; mean: number } {
    const [total, count] = this.byModel.get(model)?.score ?? [0, 0];
    return { count, mean: total / count };
  }

  /** Seconds, the mean over queries and models; NaN where none is known. */
  meanLatency(): number {
    let [total, count] = [0, 0];
    for (const { latency } of this.byModel.values()) {
      total += latency[0];
      count += latency[1];
    }
    return total / count;
  }
}

function add(sum: Sum, value: number): void {
  sum[0] += value;
  sum[1]++;
}

/** The mean score of some outcomes of a task, on 0 to 1 (or as it is): those on the scale of the source, and those that were there already. */
export function scoreOf(
  { score, raw }: { score?: Sum; raw?: Sum },
  scores: ScoreReader,
  task: string | null,
): number | null {
  if (raw === undefined) return score === undefined ? null : meanOf('score', score);
  const onUnit = scores.onUnit(raw[0] / raw[1], task) * raw[1];
  return meanOf('score', [onUnit + (score?.[0] ?? 0), raw[1] + (score?.[1] ?? 0)]);
}

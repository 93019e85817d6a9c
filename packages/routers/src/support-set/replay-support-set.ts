import {
  normalizeRows,
  queryText,
  RouteProfileError,
  rowOf,
  takeRows,
  type Encoder,
  type OutcomeRow,
  type Reason,
  type RunContext,
} from '@routeprofile/schema';
import { knownMean } from '../common/known-mean.js';
import { dollars } from '../wrappers/figures.js';
import {
  byScore,
  scoresByAnswers,
  supportedModels,
  supportSetOptions,
  type JudgedAnswers,
  type SupportedModels,
  type SupportSetOptions,
} from './support-set.js';

/** Judged answers with what a replay says of them. */
export interface RecordedAnswers extends JudgedAnswers {
  ids: readonly string[];
  /** [queries × models], dollars of the call; NaN where not recorded. */
  costs: Float64Array;
}

/**
 * Recorded answers as vectors: the first of `samples` of each outcome. Score and cost are those of the sample, else of the outcome.
 *
 * @param rows of `outcomes.jsonl`
 * @param settings `models`: which; default all that the rows name, in the order in which they come
 * @throws RouteProfileError BAD_INPUT for a row without text, or where no answer is recorded
 */
export async function recordedAnswers(
  rows: readonly OutcomeRow[],
  { encoder, models: given }: { encoder: Encoder; models?: readonly string[] },
  ctx?: RunContext,
): Promise<RecordedAnswers> {
  const models = given ?? [...new Set(rows.flatMap((row) => Object.keys(row.models)))];
  const outcomes = rows.flatMap((row) =>
    models.map((model) => (Object.hasOwn(row.models, model) ? row.models[model] : undefined)),
  );
  const samples = outcomes.map((outcome) => outcome?.samples?.[0]);
  if (samples.every((sample) => sample === undefined))
    throw new RouteProfileError('BAD_INPUT', `none of ${rows.length} rows has a recorded answer`, {
      hint: 'Rows need samples: [{ answer, score, cost }] in the outcomes of the models.',
    });
  const queries = rows.map(({ id, query }) => {
    const text = queryText(query);
    if (text === null)
      throw new RouteProfileError('BAD_INPUT', `row ${id} has no text`, {
        hint: 'A chat needs a user message that holds text.',
      });
    return text;
  });
  const texts = [...new Set([...queries, ...samples.map((sample) => sample?.answer ?? '')])];
  const place = new Map(texts.map((text, i) => [text, i]));
  const vectors = normalizeRows(await encoder.encode(texts, ctx));
  const vectorsOf = (wanted: readonly string[]) =>
    takeRows(
      vectors,
      wanted.map((text) => place.get(text)!),
    );
  return {
    ids: rows.map(({ id }) => id),
    models,
    queries: vectorsOf(queries),
    answers: models.map((_, m) => vectorsOf(rows.map((_, q) => samples[q * models.length + m]?.answer ?? ''))),
    lengths: Float64Array.from(samples, (sample) => sample?.answer.length ?? NaN),
    scores: Float64Array.from(samples, (sample, k) => sample?.score ?? outcomes[k]?.score ?? NaN),
    costs: Float64Array.from(samples, (sample, k) => sample?.cost ?? outcomes[k]?.cost ?? NaN),
  };
}

/** What one query came to. */
export interface SupportSetStep {
  id: string;
  /** The models that were asked, the best by queries alone first. */
  asked: string[];
  /** The model whose answer is given. */
  model: string;
  /** Its recorded score; null where it was not measured. */
  score: number | null;
  /** Dollars of all calls: of the asked models, and of the chosen one where it is another; null where one was not recorded. */
  cost: number | null;
  reasons: Reason[];
}

/** A replay of a support set. Means are over the queries that have the figure, and null where none has. */
export interface SupportSetReplay {
  steps: SupportSetStep[];
  /** Queries left out, as a model that had to answer has no recorded answer there. */
  unrecorded: number;
  score: number | null;
  /** Mean dollars per query, every call paid. */
  cost: number | null;
  /** Asking only the model that is best by queries alone: its mean score, and dollars per query. */
  first: { score: number | null; cost: number | null };
  /** Mean of the best score among the asked models' answers: as much as choosing among them can give. */
  bestOfAsked: number | null;
}

/**
 * JiSi's routing (arXiv 2601.01330) replayed on recorded answers: the queries like this one say which models are asked, their answers
 * which of those queries count, and these which model is chosen (see `supportedModels` and `scoresByAnswers`). Every asked model is
 * paid in full. Of equals the one that comes first by queries alone is chosen. Merging answers, the paper's next step, is not done.
 *
 * @param support answers to training queries
 * @param test answers to the queries to be routed, of the same models in the same order, by the same encoder
 * @throws RouteProfileError BAD_OPTION; BAD_INPUT where models differ or no query can be replayed
 */
export function replaySupportSet(
  support: RecordedAnswers,
  test: RecordedAnswers,
  settings: SupportSetOptions = {},
): SupportSetReplay {
  const { choose } = supportSetOptions(settings);
  const { models } = support;
  if (models.join('\n') !== test.models.join('\n'))
    throw new RouteProfileError('BAD_INPUT', 'the support set and the queries to be routed have other models', {
      hint: 'Give recordedAnswers the same models for both.',
    });
  const known = (table: Float64Array, q: number, model: string) => {
    const value = table[q * models.length + models.indexOf(model)]!;
    return Number.isNaN(value) ? null : value;
  };
  const played = test.ids.map((id, q) => {
    const first = supportedModels(support, rowOf(test.queries, q), settings);
    const given = first.asked.map((model) => ({
      model,
      vector: rowOf(test.answers[models.indexOf(model)]!, q),
      length: known(test.lengths, q, model),
    }));
    const heard = given.flatMap(({ length, ...answer }) => (length === null ? [] : [{ ...answer, length }]));
    if (heard.length === 0 || heard.length < given.length) return undefined;
    const worth = scoresByAnswers(support, first, heard, settings);
    const worthOf = (model: string) => worth[models.indexOf(model)]!;
    const among = choose === 'any' ? byScore(models, first.scores) : first.asked;
    // Where no neighbour was answered by the asked models, queries alone decide.
    const judged = among.filter((model) => !Number.isNaN(worthOf(model)));
    const model = judged.length === 0 ? among[0]! : judged.reduce((a, b) => (worthOf(b) > worthOf(a) ? b : a));
    if (known(test.lengths, q, model) === null) return undefined;
    const paid = [...new Set([...first.asked, model])].map((each) => known(test.costs, q, each));
    const cost = paid.includes(null) ? null : paid.reduce<number>((sum, each) => sum + each!, 0);
    const scores = first.asked.map((each) => known(test.scores, q, each)).filter((score) => score !== null);
    return {
      step: {
        id,
        asked: first.asked,
        model,
        score: known(test.scores, q, model),
        cost,
        reasons: reasonsOf(first, model, worthOf(model), cost),
      },
      first: { score: known(test.scores, q, first.asked[0]!), cost: known(test.costs, q, first.asked[0]!) },
      best: scores.length === 0 ? null : Math.max(...scores),
    };
  });
  const done = played.filter((each) => each !== undefined);
  if (done.length === 0)
    throw new RouteProfileError(
      'BAD_INPUT',
      `none of ${test.ids.length} queries has an answer of every model that is asked`,
      {
        hint: 'Record answers of more models, or ask fewer.',
      },
    );
  return {
    steps: done.map(({ step }) => step),
    unrecorded: played.length - done.length,
    score: knownMean(done.map(({ step }) => step.score)) ?? null,
    cost: knownMean(done.map(({ step }) => step.cost)) ?? null,
    first: {
      score: knownMean(done.map(({ first }) => first.score)) ?? null,
      cost: knownMean(done.map(({ first }) => first.cost)) ?? null,
    },
    bestOfAsked: knownMean(done.map(({ best }) => best)) ?? null,
  };
}

function reasonsOf({ near, asked }: SupportedModels, model: string, worth: number, cost: number | null): Reason[] {
  const queries = near.rows.length === 1 ? 'the training query' : `the ${near.rows.length} training queries`;
  return [
    `${asked.join(', ')} ${asked.length === 1 ? 'is' : 'are'} best on ${queries} most like this one, and asked`,
    Number.isNaN(worth)
      ? `none of their answers there is recorded: ${model} is best by queries alone`
      : `${model} has a mean score of ${worth.toFixed(3)} on those of them that were answered like this one`,
    ...(asked.includes(model) ? [] : [`${model} was not among the asked models, and is asked too`]),
    ...(cost === null ? [] : [`all calls cost ${dollars(cost)}`]),
  ].map((text) => ({ kind: 'support-set', text }));
}

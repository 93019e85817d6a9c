import { RouteProfileError, type OutcomeRow, type Reason, type Sample } from '@routeprofile/schema';
import { knownMean } from '../common/known-mean.js';
import { dollars } from '../wrappers/figures.js';
import { mostVotes, sigmaRoute, votes, type SigmaRoute } from './sigma.js';

/** What one query's answers came to. */
export interface SigmaStep extends SigmaRoute {
  id: string;
  /** Models that answered, in the order asked. */
  asked: string[];
  /** The score of `answer` as recorded; null where it was not measured. */
  score: number | null;
  /** Dollars of all calls made, the samples included; null where one of them was not recorded. */
  cost: number | null;
  /** What was asked and answered, step by step. */
  reasons: Reason[];
}

/** A replay of σ over recorded samples. Means are over the queries that have the figure, and null where none has. */
export interface SigmaReplay {
  steps: SigmaStep[];
  /** Queries left out, as a model that had to answer has too few recorded samples there. */
  unrecorded: number;
  score: number | null;
  /** Mean dollars per query. */
  cost: number | null;
  /** Share of the queries that one, two and three models answered. */
  shares: [one: number, two: number, three: number];
  /** Mean score where all samples agree: one minus it is wrong with one voice, which no further model is asked about. */
  agreedScore: number | null;
}

/**
 * σ-routing (ACAR, arXiv 2602.21231; see `sigmaRoute`) replayed on recorded answers. The first model of the ladder answers `probes` times; where
 * it does not agree with itself, the second answers too; where no two samples agree, the third as well. The answer with most votes is
 * given, each sample and each further model having one; of equals that of the model asked last. Every call that is made is paid.
 *
 * @param rows of `outcomes.jsonl` whose outcomes have `samples`
 * @param settings `ladder`: three models, cheap to strong; `probes`: samples of the first that are asked for. Default 3
 * @throws RouteProfileError BAD_INPUT where no row can be replayed, or for fewer than 2 probes
 */
export function replaySigma(
  rows: readonly OutcomeRow[],
  { ladder, probes = 3 }: { ladder: readonly [string, string, string]; probes?: number },
): SigmaReplay {
  const steps: SigmaStep[] = [];
  let unrecorded = 0;
  for (const row of rows) {
    const step = stepOf(row, ladder, probes);
    if (step) steps.push(step);
    else unrecorded++;
  }
  if (steps.length === 0)
    throw new RouteProfileError('BAD_INPUT', `none of ${rows.length} rows has ${probes} samples of ${ladder[0]}`, {
      hint: 'Rows need samples: [{ answer, score, cost }] in the outcomes of the models of the ladder.',
    });
  const share = (models: number) => steps.filter((step) => step.models === models).length / steps.length;
  return {
    steps,
    unrecorded,
    score: knownMean(steps.map(({ score }) => score)) ?? null,
    cost: knownMean(steps.map(({ cost }) => cost)) ?? null,
    shares: [share(1), share(2), share(3)],
    agreedScore: knownMean(steps.filter(({ sigma }) => sigma === 0).map(({ score }) => score)) ?? null,
  };
}

function stepOf({ id, models }: OutcomeRow, ladder: readonly string[], probes: number): SigmaStep | undefined {
  const [first = '', ...stronger] = ladder;
  const recorded = (model: string): readonly Sample[] => (Object.hasOwn(models, model) && models[model]!.samples) || [];
  const samples = recorded(first).slice(0, probes);
  if (samples.length < probes) return undefined;
  const route = sigmaRoute(samples.map(({ answer }) => answer));
  const others = stronger.slice(0, route.models - 1).map((model) => ({ model, said: recorded(model)[0] }));
  const calls = [...samples];
  for (const { said } of others) {
    if (!said) return undefined;
    calls.push(said);
  }
  // Who was asked last comes first, and wins among equals.
  const answer = mostVotes(votes(calls.map((call) => call.answer).reverse()));
  const given = calls.findLast((call) => call.answer.trim() === answer)!;
  const costs = calls.map(({ cost }) => cost ?? null);
  const cost = costs.includes(null) ? null : costs.reduce<number>((sum, own) => sum + own!, 0);
  return {
    ...route,
    id,
    answer,
    asked: [first, ...others.map(({ model }) => model)],
    score: given.score,
    cost,
    reasons: [
      reason(`${first} answered ${probes} times: ${counted(samples)}; σ = ${route.sigma.toFixed(2)} of 1`),
      ...others.map(({ model, said }) => reason(`${model} was asked too: ${quoted(said!.answer)}`)),
      reason(
        `${quoted(answer)} has most votes of ${calls.length} answers${cost === null ? '' : `, which cost ${dollars(cost)}`}`,
      ),
    ],
  };
}

const reason = (text: string): Reason => ({ kind: 'sigma', text });
const LONGEST = 40;
const quoted = (answer: string) =>
  JSON.stringify(answer.trim().length > LONGEST ? `${answer.trim().slice(0, LONGEST)}…` : answer.trim());
const counted = (samples: readonly Sample[]) =>
  [...votes(samples.map(({ answer }) => answer))]
    .map(([answer, n]) => `${quoted(answer)} ${n} of ${samples.length}`)
    .join(', ');

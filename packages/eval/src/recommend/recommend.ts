import { plural, type Contender, type Interval, type Recommendation, type Verdict } from '@routeprofile/schema';
import type { OpenEstimate } from '../interval.js';
import { dollars, fixed, percent } from '../format.js';
import { chooseContender, nearBest } from './choose.js';
import type { Estimates } from './contenders.js';
import { routerWords, scaleText, verdictText, type Scale } from './words.js';

/** A router of the report, as a recommendation needs to know it. */
interface JudgedRouter {
  label: string;
  /** With the seed where the label occurs under several. */
  name: string;
  profile: string;
  router: string;
  seed: number;
  folder?: string;
  mustName?: ('plugin' | 'encoder')[];
  /** A constant in disguise: by its choices alone, without a look at test scores. */
  constant: boolean;
  /** On test rows it scores as the best single model does (almost) everywhere, and does not save. */
  echoesSingle: boolean;
  /** Mean score on test rows, and dollars per 1,000 queries. */
  average: number | null;
  costPer1k: number | null;
  /** Quality against best-single; null: too few rows; absent: there is nothing to compare with. */
  interval: Interval | null | undefined;
  /** Cost as a share of best-single's. */
  costShare: OpenEstimate | null;
}

export interface RecommendationInput {
  routers: readonly JudgedRouter[];
  /** The model that training data single out, on the test rows; null without one. */
  single: { model: string; average: number | null; costPer1k: number | null } | null;
  /** What contenders are worth on training data; null where nothing was made to estimate it. */
  estimates: Estimates | null;
  folds: number;
  margin: number;
  testRows: number;
  /** They are a log, and figures of them are estimates. */
  asLog?: boolean;
  scale: Scale;
}

const CONTENDERS =
  'Every router that did not fail and does not send almost all queries to one model is a contender, and so is the best single model.';
const CHECK =
  'Test queries only check the choice: if it is worse than the best single model, or scores as that model does without saving, that model is recommended instead.';
const RULE_BY_TRAINING = `${CONTENDERS} The choice is made on training data, with fits that had not seen the queries they are judged on. Among the contenders whose mean score is at most the margin below the best, the cheapest is chosen (the best one, where costs are not known). ${CHECK}`;
const RULE_BY_ORDER = `${CONTENDERS} Nothing was estimated on training data, so the first \`auto\` router is taken, or else the first router in the order given. ${CHECK} So it is where test queries cannot tell, and put it below that model by more than the margin, or where the \`auto\` router gives (almost) all queries to one model.`;

/** What the interval of the difference says, given how much lower still counts as not worse. */
export function verdictOf({ low, high }: { low: number | null; high: number | null }, margin: number): Verdict {
  if (low === null || high === null) return 'undecided';
  if (low > 0) return 'better';
  if (low >= -margin) return 'not-worse';
  return high < 0 ? 'worse' : 'undecided';
}

/**
 * One choice, by the rule in `rule`: training data choose among the contenders, the intervals of test rows judge what was chosen.
 * @returns undefined where no router was evaluated, or there is nothing to use: only routers that choose one model and no best single model
 */
export function recommend(input: RecommendationInput): Recommendation | undefined {
  const { routers, single, estimates, folds, margin, testRows } = input;
  const eligible = routers.filter(({ constant }) => !constant);
  const isEligible = ({ name, seed }: Contender) =>
    seed === null || eligible.some((router) => router.label === name && router.seed === seed);
  const contenders = (estimates?.contenders ?? []).filter(isEligible);
  const byTraining = contenders.some(({ seed, quality }) => seed !== null && quality !== null);
  const picked = byTraining ? chooseContender(contenders, margin) : null;
  const chosen = picked
    ? eligible.find(({ label, seed }) => picked.seed !== null && label === picked.name && seed === picked.seed)
    : firstInOrder(routers);
  if (routers.length === 0 || (!chosen && !single)) return undefined;

  const base = {
    rule: byTraining ? RULE_BY_TRAINING : RULE_BY_ORDER,
    margin,
    chosenBy: byTraining ? (`out-of-fold ${estimates!.from}` as const) : ('order' as const),
    folds: byTraining ? folds : 0,
    contenders,
    bestSingle: single?.model ?? null,
    testRows,
  };
  return chosen ? judged(chosen, base, input) : modelInstead(null, base, input);
}

const isAuto = ({ router }: JudgedRouter): boolean => router === 'auto' || router.startsWith('auto+');

/** The first `auto` router, or else the first that is not a constant; undefined where `auto` itself has come to a constant. */
function firstInOrder(routers: readonly JudgedRouter[]): JudgedRouter | undefined {
  const chosen = routers.find(isAuto) ?? routers.find(({ constant }) => !constant);
  return chosen?.constant ? undefined : chosen;
}

type Base = Pick<Recommendation, 'rule' | 'margin' | 'chosenBy' | 'folds' | 'contenders' | 'bestSingle' | 'testRows'>;

const refOf = ({ label, profile, router, seed, folder, mustName }: JudgedRouter) => ({
  kind: 'router' as const,
  label,
  profile,
  router,
  seed,
  ...(folder !== undefined && { folder }),
  ...(mustName !== undefined && { mustName }),
});

function judged(chosen: JudgedRouter, base: Base, input: RecommendationInput): Recommendation {
  const { single, margin, testRows, asLog = false, scale } = input;
  const quality = qualityOf(chosen, single);
  const verdict = quality && verdictOf(quality, margin);
  const found = {
    judged: refOf(chosen),
    verdict,
    quality,
    costShare: chosen.costShare,
    costPer1k: { own: chosen.costPer1k, bestSingle: single?.costPer1k ?? null },
  };
  // Nothing speaks for a router that nothing chose and that is lower by its figures.
  const lower = base.chosenBy === 'order' && quality !== null && quality.difference < -margin;
  if (verdict === 'worse' || chosen.echoesSingle || (verdict === 'undecided' && lower))
    return modelInstead({ chosen, found }, base, input);
  return {
    ...base,
    ...found,
    choice: refOf(chosen),
    words: routerWords(chosen.name, single?.model ?? null, { ...found, testRows, asLog }, scale),
    grounds: [
      ...(verdict && single ? [verdictText(verdict, quality, single.model, margin, scale)] : []),
      ...costGrounds(found, single?.model ?? null),
      howChosen(base, input.routers),
      ...unjudged(base),
      ...unlikeQueries(base, input.estimates),
      ...(quality ? [scaleText(scale)] : []),
    ],
  };
}

function qualityOf({ interval, average }: JudgedRouter, single: RecommendationInput['single']) {
  if (interval) return { difference: interval.difference, low: interval.low, high: interval.high };
  if (!single || average === null || single.average === null) return null;
  return { difference: average - single.average, low: null, high: null };
}

type Found = Pick<Recommendation, 'judged' | 'verdict' | 'quality' | 'costShare' | 'costPer1k'>;

function modelInstead(
  refuted: { chosen: JudgedRouter; found: Found } | null,
  base: Base,
  { single, routers, margin, scale, estimates }: RecommendationInput,
): Recommendation {
  const { model, average, costPer1k } = single!;
  const why = refuted
    ? [
        refutedText(refuted, base, model),
        ...(refuted.found.verdict && refuted.found.quality
          ? [verdictText(refuted.found.verdict, refuted.found.quality, model, margin, scale)]
          : []),
        ...costGrounds(refuted.found, model),
        scaleText(scale),
      ]
    : [
        routers.length > 0 && routers.every(({ constant }) => constant)
          ? 'Every router here is a constant in disguise: it gives (almost) all queries to one model.'
          : base.chosenBy === 'order' && routers.find(isAuto)?.constant
            ? '`auto`, which compares routers by cross-validation on training data, gives (almost) all queries to one model.'
            : howChosen(base, routers),
        ...unjudged(base),
        ...passedOver(base),
        ...unlikeQueries(base, estimates),
        ...alone(model, average, costPer1k),
      ];
  return {
    ...base,
    ...(refuted?.found ?? {
      judged: null,
      verdict: null,
      quality: null,
      costShare: null,
      costPer1k: { own: null, bestSingle: costPer1k },
    }),
    choice: { kind: 'model', model },
    words: `Use ${model} for every query: no router ${refuted ? 'proved' : 'here is'} worth it.`,
    grounds: why,
  };
}

/** What a model is worth and costs by itself. */
function alone(model: string, average: number | null, costPer1k: number | null): string[] {
  const said = [
    ...(average === null ? [] : [`has a mean score of ${fixed(average)}`]),
    ...(costPer1k === null ? [] : [`costs $${dollars(costPer1k)} per 1,000 queries`]),
  ];
  return said.length === 0 ? [] : [`On the test queries ${model} ${said.join(' and ')}.`];
}

/** Why the router that was judged is not the one recommended. */
function refutedText({ chosen, found }: { chosen: JudgedRouter; found: Found }, { chosenBy }: Base, model: string) {
  const echo = `scores as ${model} does (almost) everywhere, and saves nothing`;
  if (chosenBy === 'order') {
    const below = `cannot be told from always using ${model}, and is lower by its figures`;
    const seen = found.verdict === 'worse' ? `is worse than always using ${model}` : chosen.echoesSingle ? echo : below;
    return `On test queries ${chosen.name} ${seen}.`;
  }
  const said = found.verdict === 'worse' ? 'test queries found it worse' : `on test queries it ${echo}`;
  return `${chosen.name} was chosen on training data, but ${said}.`;
}

function costGrounds({ costPer1k: { own, bestSingle }, costShare }: Found, model: string | null): string[] {
  if (own === null) return [];
  if (bestSingle === null || model === null) return [`It costs $${dollars(own)} per 1,000 test queries.`];
  const share =
    costShare && costShare.low !== null && costShare.high !== null
      ? `, ${percent(costShare.value)} of that (95 % interval ${percent(costShare.low)} to ${percent(costShare.high)})`
      : '';
  return [`It costs $${dollars(own)} per 1,000 test queries, ${model} $${dollars(bestSingle)}${share}.`];
}

/** How the choice came about, with the figures of the training data. */
function howChosen({ contenders, chosenBy, folds, margin }: Base, routers: readonly JudgedRouter[]): string {
  if (chosenBy === 'order' && routers.length === 1)
    return 'It is the only router here, so there was nothing to choose.';
  if (chosenBy === 'order')
    return 'Nothing was estimated on training data, so the first `auto` router is taken, or else the first router in the order given.';
  const { best, near } = nearBest(contenders, margin);
  const judged = contenders.filter(({ quality }) => quality !== null).length;
  const what = chosenBy === 'out-of-fold pairs' ? 'share of pairs ranked right' : 'mean score';
  const priced = near.every(({ costPer1k }) => costPer1k !== null);
  const how = priced
    ? `the cheapest whose ${what} in cross-validation is at most ${fixed(margin, 2)} below the best (${fixed(best)})`
    : `the one with the best ${what} in cross-validation (${fixed(best)})`;
  return `Chosen on training data, not by test scores: of ${plural(judged, 'contender')}, ${how}, ${plural(folds, 'fold')}.`;
}

const unjudged = ({ contenders, chosenBy }: Base): string[] => {
  const unknown = contenders.filter(({ quality }) => quality === null).map(({ name }) => name);
  return chosenBy === 'order' || unknown.length === 0
    ? []
    : [`Could not be evaluated on training data, so could not be chosen: ${unknown.join(', ')}.`];
};

/** The routers that training data did not choose, with what they reached there: a reader may weigh cost otherwise. */
function passedOver({ contenders, chosenBy }: Base): string[] {
  if (chosenBy === 'order') return [];
  const figures = ({ quality, costPer1k }: Contender) =>
    `${fixed(quality)}${costPer1k === null ? '' : ` for $${dollars(costPer1k)} per 1,000 queries`}`;
  const known = contenders.filter(({ quality }) => quality !== null);
  const routers = known.filter(({ seed }) => seed !== null).sort((a, b) => b.quality! - a.quality!);
  const single = known.find(({ seed }) => seed === null);
  const [best] = routers;
  if (!best || !single) return [];
  return [
    `In cross-validation on training data the best router, ${best.name}, has a mean score of ${figures(best)}; always the single model that is best on the other folds has ${figures(single)}.`,
  ];
}

const unlikeQueries = ({ chosenBy }: Base, estimates: Estimates | null): string[] =>
  chosenBy === 'order' || !estimates
    ? []
    : estimates.assumes !== undefined
      ? [
          estimates.assumes === 'logged propensities'
            ? 'The training rows are a log: what each contender is worth there is estimated, with the chances that the log states.'
            : 'The training rows are a log: what each contender is worth there is estimated, with chances learned from the queries; that holds if nothing that the queries do not show decided which model answered.',
        ]
      : estimates.sameQueries
        ? []
        : [
            'No training query has an outcome of every model: each contender was judged on the queries that have one of its choices, so their figures come from different queries.',
          ];

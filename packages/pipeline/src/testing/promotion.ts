import { softmax } from '@routeprofile/numerics';
import { createRandom, takeRows, type Matrix } from '@routeprofile/schema';
import { isPromoted, judgeCandidate } from '../learn/judge.js';
import { nextAlpha, type Look } from '../learn/spending.js';
import type { LoggedDecision } from '../traffic/decision.js';
import { trafficEvidence, type TrafficEvidence } from '../traffic/evidence.js';
import { drawTraffic, type Drawn, type Population } from './traffic.js';

/** How often are routers promoted that are not better? Logs are drawn from a population whose truth is known. */
export interface PromotionStudy {
  population: Population;
  /** Of the population's queries. */
  vectors: Matrix;
  /** What the incumbent gives each model, shape [queries × models]: it draws by a softmax of them. */
  scores: Float64Array;
  temperature: number;
  /** Decisions of a log, all of which judge. */
  decisions: number;
  /** Share of them that somebody judges. */
  judged: number;
  logs: number;
  seed: number;
  /** 1 − confidence. */
  alpha: number;
  minEss?: number;
}

/** Rewards per query that candidates have beyond the incumbent's, in truth. */
export const TRUTHS = [-0.05, -0.02, 0, 0.02, 0.05] as const;

/** A candidate that decides otherwise than the incumbent on some queries. */
export interface StudiedCandidate {
  /** Mean over the population of its reward minus the incumbent's, at most what was aimed at. */
  truth: number;
  /** Share of queries on which it decides otherwise. */
  differing: number;
  /** One model per query. */
  choices: Int32Array;
}

const argmax = (values: Float64Array): number => values.indexOf(Math.max(...values));

export const choicesByScore = ({ models, texts }: Population, scores: Float64Array): Int32Array =>
  Int32Array.from(texts, (_, row) => argmax(scores.subarray(row * models.length, (row + 1) * models.length)));

/** Models that the log draws with a smaller chance are not chosen by candidates: no log could tell. */
const LEAST_CHANCE = 0.02;

/**
 * Candidates of known worth: in random order of the queries the choice is changed for one that the log may draw, a better one while the mean
 * difference is not above what is wanted, else a worse one; in the end it is not above. On some queries the change makes no difference.
 */
export function candidatesOf({ population, scores, temperature, seed }: PromotionStudy): StudiedCandidate[] {
  const { models, texts, score } = population;
  const width = models.length;
  const incumbent = choicesByScore(population, scores);
  return TRUTHS.map((wanted) => {
    const random = createRandom(seed, `candidate ${wanted}`);
    const choices = incumbent.slice();
    const target = wanted * texts.length;
    let [sum, differing] = [0, 0];
    for (const row of random.shuffle([...texts.keys()])) {
      const at = row * width;
      const chances = softmax(scores.subarray(at, at + width).map((own) => own / temperature));
      const changeTo = (m: number) => score[at + m]! - score[at + incumbent[row]!]!;
      const sign = random.float() < 0.2 ? 0 : sum <= target ? 1 : -1;
      const fits = models.flatMap((_, m) =>
        m !== incumbent[row] && chances[m]! >= LEAST_CHANCE && Math.sign(changeTo(m)) === sign ? [m] : [],
      );
      if (fits.length === 0) continue;
      const m = fits[random.int(fits.length)]!;
      choices[row] = m;
      sum += changeTo(m);
      differing++;
    }
    // What went too far is taken back.
    for (const row of texts.keys()) {
      const change = score[row * width + choices[row]!]! - score[row * width + incumbent[row]!]!;
      if (sum <= target || change <= 0) continue;
      choices[row] = incumbent[row]!;
      sum -= change;
      differing--;
    }
    return { truth: sum / texts.length, differing: differing / texts.length, choices };
  });
}

const asDecisions = ({ models, score, cost }: Population, drawn: readonly Drawn[]): LoggedDecision[] =>
  drawn.map(({ row, model, propensity, judged }, i) => ({
    ...{ id: `d${i}`, at: i, model: models[model]!, propensity },
    reward: judged ? score[row * models.length + model]! : null,
    cost: cost[row * models.length + model]!,
  }));

/** What came of the tests of one candidate over all logs. */
export interface PromotionCount extends Omit<StudiedCandidate, 'choices'> {
  logs: number;
  /** Logs that could tell: 100 effective rows and enough overlap. */
  told: number;
  /** Promoted in a single test with the whole chance of error. */
  promoted: number;
  /** Lower bounds that were below the truth, of those told. */
  held: number;
  /** Ever promoted when the log is looked at as it grows, each look with the whole chance of error; and with one that is spent. */
  everNaive: number;
  everSpent: number;
}

function evidenceOf({ population, vectors, seed }: PromotionStudy, drawn: readonly Drawn[]): TrafficEvidence {
  const rows = Int32Array.from(drawn, ({ row }) => row);
  return trafficEvidence(asDecisions(population, drawn), population.models, takeRows(vectors, rows), { seed });
}

/**
 * @param looks sizes of the log at which it is looked at, as shares of the whole; the last is 1
 * @param onLog is called after each log
 */
export function countPromotions(
  study: PromotionStudy,
  looks: readonly number[],
  onLog: (log: number) => void = () => {},
): PromotionCount[] {
  const { population, scores, temperature, decisions, judged, logs, seed, alpha, minEss = 100 } = study;
  const candidates = candidatesOf(study);
  const incumbent = choicesByScore(population, scores);
  const counts = candidates.map(({ truth, differing }): PromotionCount => ({
    ...{ truth, differing, logs, told: 0, promoted: 0, held: 0, everNaive: 0, everSpent: 0 },
  }));
  for (let log = 0; log < logs; log++) {
    const drawn = drawTraffic(population, scores, { decisions, seed: seed * 100_003 + log, temperature, judged });
    const spent: Look[][] = candidates.map(() => []);
    const ever = candidates.map(() => ({ naive: false, spent: false }));
    for (const share of looks) {
      const part = drawn.slice(0, Math.round(share * decisions));
      const traffic = evidenceOf(study, part);
      const names = (choices: Int32Array) => part.map(({ row }) => population.models[choices[row]!]!);
      const own = names(incumbent);
      candidates.forEach(({ truth, choices }, c) => {
        const theirs = names(choices);
        const result = judgeCandidate(traffic, theirs, own, { alpha, minEss });
        if (!result.difference.known) return;
        ever[c]!.naive ||= isPromoted(result);
        const next = nextAlpha(spent[c]!, 1, alpha);
        spent[c]!.push({ incumbent: 1, alpha: next });
        ever[c]!.spent ||= isPromoted(judgeCandidate(traffic, theirs, own, { alpha: next, minEss }));
        if (share !== 1) return;
        const count = counts[c]!;
        count.told++;
        if (isPromoted(result)) count.promoted++;
        if (result.difference.low <= truth) count.held++;
      });
    }
    ever.forEach(({ naive, spent: careful }, c) => {
      if (naive) counts[c]!.everNaive++;
      if (careful) counts[c]!.everSpent++;
    });
    onLog(log + 1);
  }
  return counts;
}

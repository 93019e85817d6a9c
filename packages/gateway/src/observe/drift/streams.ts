import { FAULTS } from '../../contracts/fault.js';
import type { Attempt, DecisionRecord } from '../../contracts/record.js';

/** What a stream's numbers are, how they are watched, and which change is for the worse. */
interface StreamKind {
  /** As people name it. */
  what: string;
  /** What the watch may be given, after `scaled`. */
  low: number;
  high: number;
  /** A number as it is watched; what lies outside is taken for the nearest that does not. Default: as it is. */
  scaled?: (value: number) => number;
  /** The way back, for means. */
  unscaled?: (value: number) => number;
  /** Undefined where neither is worse. */
  worse?: 'lower' | 'higher';
  /** A change for the worse means that the model is no longer as good as its router learned. */
  quality?: true;
  /** A mean as people read it. */
  shown: (value: number) => string;
}

const plain = (value: number) => value.toFixed(2);
const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

/** All that is watched. Of quantities that spread over magnitudes the logarithm is watched, and means are geometric ones. */
const STREAMS = {
  /** What answers were judged to be worth, in [0, 1]. */
  reward: { what: 'mean reward', low: 0, high: 1, worse: 'lower', quality: true, shown: plain },
  /** Dollars of an answer divided by the dollars that were expected. */
  'cost-error': {
    what: 'cost divided by expected cost',
    low: Math.log(1 / 32),
    high: Math.log(32),
    scaled: Math.log,
    unscaled: Math.exp,
    worse: 'higher',
    shown: plain,
  },
  /** Milliseconds to the first content. */
  'first-content': {
    what: 'time to the first content',
    low: 0,
    high: Math.log(600_000),
    scaled: Math.log,
    unscaled: Math.exp,
    worse: 'higher',
    shown: (value) => `${Math.round(value)} ms`,
  },
  /** 1 for an attempt that failed by the endpoint's fault, else 0. */
  faults: { what: 'share of failed attempts', low: 0, high: 1, worse: 'higher', quality: true, shown: percent },
  /** Tokens of an answer. */
  'output-tokens': {
    what: 'output tokens',
    low: 0,
    high: Math.log1p(200_000),
    scaled: Math.log1p,
    unscaled: Math.expm1,
    shown: (value) => String(Math.round(value)),
  },
  /** 1 − cosine of a query with the nearest cluster of its router's training queries. */
  'query-distance': {
    what: 'distance of queries from those of the training',
    low: 0,
    high: 2,
    worse: 'higher',
    shown: (value) => value.toFixed(3),
  },
} as const satisfies Readonly<Record<string, StreamKind>>;
export type StreamName = keyof typeof STREAMS;
export const kindOf = (name: StreamName): StreamKind => STREAMS[name];

/** Those that each candidate has. */
export const CANDIDATE_STREAMS = ['reward', 'cost-error', 'first-content', 'faults', 'output-tokens'] as const;

/** Is given a number of a candidate's stream. */
export type Take = (stream: (typeof CANDIDATE_STREAMS)[number], candidate: string, value: number) => void;

/** What an attempt tells. */
function fromAttempt({ candidate, fault, firstContentMs, usage }: Attempt, take: Take): void {
  const whose = fault === undefined ? undefined : FAULTS[fault].whose;
  // The request's own fault says nothing of the candidate.
  if (whose !== 'request') take('faults', candidate, whose === 'endpoint' ? 1 : 0);
  if (fault !== undefined) return;
  if (firstContentMs !== undefined) take('first-content', candidate, firstContentMs);
  if (usage !== undefined && usage.estimated !== true) take('output-tokens', candidate, usage.output);
}

/** What a request that has ended tells of the candidates that were tried. */
export function fromRecord({ attempts, ranked, served }: DecisionRecord, take: Take): void {
  for (const attempt of attempts) fromAttempt(attempt, take);
  if (served === null) return;
  const answer = attempts[attempts.length - 1];
  const expected = ranked.find(({ model }) => model === served)?.['expectedCost'];
  if (answer?.fault !== undefined || answer?.candidate !== served) return;
  if (typeof expected === 'number' && expected > 0 && answer.cost !== undefined && answer.cost > 0)
    take('cost-error', served, answer.cost / expected);
}

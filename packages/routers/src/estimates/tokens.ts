import type { Candidate, Latency, Price, RouterInput, TokenUse } from '@routeprofile/schema';
import { knownMean } from '../common/known-mean.js';
import { columnMeans, promptTokens } from './measured.js';

/** What a candidate's description says of a call, where nothing was measured. */
export interface TokenEstimate {
  price?: Price;
  latency?: Latency;
  /** Tokens of one call, mean over tasks; input absent: counted from the prompt. */
  use: TokenUse;
  tasks: Record<string, TokenUse>;
}

/**
 * @param typicalOutput tokens that an answer takes where the candidate does not say: those of the other models in training, or
 * what the user assumes
 */
export function tokenEstimate(
  { price, latency, tokensPerTask = {} }: Candidate,
  typicalOutput?: number,
): TokenEstimate {
  const uses = Object.values(tokensPerTask);
  const input = knownMean(uses.map((use) => use.input));
  const output = knownMean(uses.map((use) => use.output)) ?? typicalOutput;
  return {
    ...(price && { price }),
    ...(latency && { latency }),
    use: { ...(input !== undefined && { input }), ...(output !== undefined && { output }) },
    tasks: { ...tokensPerTask },
  };
}

/** Mean tokens of an answer over the models measured in training. */
export function typicalOutputTokens({ training, models }: RouterInput): number | undefined {
  if (!training.outcomes) return undefined;
  return knownMean(Array.from(columnMeans(training.outcomes.outputTokens, models.length)));
}

const useFor = ({ use, tasks }: TokenEstimate, task: string | null | undefined): TokenUse => ({
  ...use,
  ...(task != null && Object.hasOwn(tasks, task) && tasks[task]),
});

/** Dollars of a call, price × tokens; NaN while price or answer length is unknown. */
export function tokenCost(estimate: TokenEstimate, text: string, task: string | null | undefined): number {
  const { input = promptTokens(text), output } = useFor(estimate, task);
  const { price } = estimate;
  return price && output !== undefined ? (input * price.input + output * price.output) / 1e6 : NaN;
}

/** Seconds of a call: its mean, else time to the first token and time per token; NaN while unknown. */
export function statedLatency(estimate: TokenEstimate, task: string | null | undefined): number {
  const { total, firstToken = 0, perOutputToken } = estimate.latency ?? {};
  const { output } = useFor(estimate, task);
  return total ?? (perOutputToken !== undefined && output !== undefined ? firstToken + perOutputToken * output : NaN);
}

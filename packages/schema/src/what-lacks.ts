import type { Candidate } from './dataset.js';
import type { Requirements } from './requirements.js';

/** What a candidate offers, as far as it says. */
export type Offer = Pick<Candidate, 'limits' | 'capabilities'>;

/** What a request may need, and how to say that it is not there. Any chat model is taken to have these where nothing is declared. */
const ABILITIES = [
  ['tools', 'no tools'],
  ['vision', 'no vision'],
  ['audio', 'no audio'],
  ['jsonSchema', 'no JSON schemas'],
  ['logprobs', 'no log probabilities'],
  ['reasoning', 'no reasoning'],
] as const;

/**
 * What a candidate lacks for a request; null when it may answer. A candidate that declares no capabilities at all is taken to have
 * those of any chat model, as most lists of candidates say nothing of them; where some are declared, what is absent is missing. Where a
 * model runs (`local`, `region`) is never assumed. Whoever keeps to a JSON schema has JSON mode too. A limit that is not declared is none.
 */
export function whatLacks({ limits = {}, capabilities }: Offer, demand: Requirements): string | null {
  const { contextTokens = 0, outputTokens = 0, region } = demand;
  if (demand.local && !capabilities?.local) return 'not local';
  if (region !== undefined && capabilities?.region !== region) return `not in ${region}`;
  if (capabilities !== undefined) {
    if (demand.jsonMode && !capabilities.jsonMode && !capabilities.jsonSchema) return 'no JSON mode';
    const missing = ABILITIES.find(([ability]) => demand[ability] && !capabilities[ability]);
    if (missing !== undefined) return missing[1];
  }
  if (contextTokens + outputTokens > (limits.contextTokens ?? Infinity))
    return `context of ${limits.contextTokens} tokens, about ${contextTokens + outputTokens} needed`;
  if (outputTokens > (limits.maxOutputTokens ?? Infinity))
    return `answers of ${limits.maxOutputTokens} tokens, ${outputTokens} needed`;
  return null;
}

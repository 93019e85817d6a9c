import { planTextGnn, textGnnProfile, type TextGnnPlan } from '@routeprofile/profiles';
import { RouteProfileError, type ProfileInput, type RunContext, type StrategyReference } from '@routeprofile/schema';
import { formatColumns } from '../ui/format.js';

/** What a profile build would ask of a language model, without asking. */
export async function dryRun(
  references: readonly StrategyReference[],
  input: Pick<ProfileInput, 'graph' | 'cards' | 'features' | 'encoder'>,
  ctx: RunContext,
): Promise<TextGnnPlan[]> {
  const asking = references.filter(({ name }) => name === textGnnProfile.name);
  if (asking.length === 0)
    throw new RouteProfileError('BAD_OPTION', '--dry-run is for profiles that ask a language model', {
      hint: 'Name one with --profile text-gnn:summarizer=llm.',
    });
  return Promise.all(asking.map(({ options }) => planTextGnn(input, options, ctx)));
}

const dollars = (cost: number | null) =>
  cost === null ? 'unknown (give inputPrice and outputPrice)' : `$${cost.toFixed(4)}`;

/** Prompts, counts, tokens and cost for people. */
export function describePlan({ prompts, counts, totals, atMost, notes, sends, model }: TextGnnPlan): string {
  const head = sends
    ? `Would send ${totals.prompts} prompts to ${model ?? 'a model that is not named yet'}.`
    : 'Would send nothing.';
  return [
    ...prompts.map(
      ({ type, name, messages, tokens }) =>
        `--- ${type} ${name} (about ${tokens} tokens)\n${messages.map(({ role, content }) => `[${role}]\n${content}`).join('\n')}`,
    ),
    formatColumns([
      ['hop', 'type', 'prompts', 'tokens read'],
      ...counts.map(({ hop, type, prompts: number, promptTokens }) => [
        String(hop),
        type,
        String(number),
        String(promptTokens),
      ]),
    ]),
    head,
    `Tokens: about ${totals.promptTokens} read, ${totals.completionTokens} written; at most ${atMost.promptTokens} and ${atMost.completionTokens}.`,
    `Cost: about ${dollars(totals.cost)}; at most ${dollars(atMost.cost)}.`,
    ...notes,
  ].join('\n');
}

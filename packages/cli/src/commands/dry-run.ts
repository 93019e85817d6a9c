import type { BuildPlan } from '@routeprofile/schema';
import { formatColumns, formatDollars } from '../ui/format.js';

const dollars = (cost: number | null) => formatDollars(cost, { unknown: 'unknown (give inputPrice and outputPrice)' });

/** Prompts, counts, tokens and cost for people. */
export function describePlan({ prompts, counts, totals, atMost, notes, sends, model }: BuildPlan): string {
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

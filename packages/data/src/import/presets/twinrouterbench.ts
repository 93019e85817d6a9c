import { isFields } from '../paths.js';
import { has, numberOf, type Preset } from './preset.js';

/** The tiers, cheapest first, with the benchmark's nominal dollars per million tokens of output. */
const TIERS = [
  ['low', 0.5],
  ['mid', 2],
  ['mid_high', 5],
  ['high', 25],
] as const;
/** Tokens that the nominal cost of a step stands for: the bank holds none, so that only ratios of costs mean anything. */
const TOKENS = 1000;

/** A conversation as one text, for steps of one trajectory, which begin with the same question. */
function conversation(messages: unknown): string | undefined {
  if (!Array.isArray(messages)) return undefined;
  const lines = messages.filter(isFields).map(({ role, content }) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content ?? '');
    return `${typeof role === 'string' ? role : 'unknown'}: ${text}`;
  });
  return lines.length > 0 ? lines.join('\n') : undefined;
}

/**
 * The static track of TwinRouterBench (arXiv 2605.18859): `question_bank.jsonl`, a step of an agent or a question per line, with the
 * least tier of models that passed (`target_tier_id`, 0 = `low` to 3 = `high`). The tiers become the models, each right from its step's tier on, so
 * that the mean score is the benchmark's case pass rate. Nothing is known of single models.
 */
export const twinRouterBench: Preset = {
  name: 'twinrouterbench',
  title: 'the question bank of TwinRouterBench',
  records: [''],
  questionIds: true,
  reads: {
    ...{ query: 'messages', model: 'the four tiers', score: 'target_tier_id (1 from that tier on)', id: 'id' },
    ...{ task: 'benchmark', cost: `the tier’s nominal price of ${TOKENS.toLocaleString('en-US')} tokens of output` },
  },
  recognise: (record) => has(record, 'messages', 'benchmark', 'target_tier', 'target_tier_id'),
  calls(record) {
    const target = numberOf(record['target_tier_id']);
    if (target === undefined || !Number.isInteger(target) || target < 0 || target >= TIERS.length)
      return { skipped: 'steps whose target_tier_id is not one of 0 to 3' };
    const { messages, id, benchmark } = record;
    return TIERS.map(([model, price], tier) => ({
      query: messages,
      whole: conversation(messages),
      model,
      id,
      task: benchmark,
      score: Number(tier >= target),
      cost: (price * TOKENS) / 1e6,
      notes: {
        cost: 'costs are nominal, as the question bank holds no tokens: only their ratios mean anything',
        score: 'scores say from which tier on a step passed; a lower tier may not have been tried',
      },
    }));
  },
};

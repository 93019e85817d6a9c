import { estimateTokens } from '@routeprofile/schema';
import { hash53 } from '../group/hash.js';
import { isFields, type Fields } from '../paths.js';
import { has, numberOf, type Preset } from './preset.js';

/** The tiers, cheapest first, with the benchmark's nominal dollars per million tokens. */
const TIERS = {
  low: { input: 0.26, output: 0.5, cacheRead: 0.13, cacheWrite: 0.26 },
  mid: { input: 0.3, output: 2, cacheRead: 0.059, cacheWrite: 0.3 },
  mid_high: { input: 0.5, output: 5, cacheRead: 0.05, cacheWrite: 0.08333 },
  high: { input: 5, output: 25, cacheRead: 0.5, cacheWrite: 6.25 },
} as const;
const NAMES = Object.keys(TIERS) as (keyof typeof TIERS)[];

/** What the frame of a message, and that of a prompt, count as in the benchmark. */
const MESSAGE_FRAME = 4;
const PROMPT_FRAME = 2;
/** What an answer counts as where no later step has it. */
const UNKNOWN_ANSWER = 500;

/** A message as it is counted. Two of the same print are the same to a cache, whatever else they say. */
interface CountedMessage {
  tokens: number;
  print: number;
  isAnswer: boolean;
}
/** A step of a trajectory, as the other steps need to know it. */
interface KnownStep {
  id: string;
  index: number;
  messages: readonly CountedMessage[];
}

const isKnownStep = (value: unknown): value is KnownStep => isFields(value) && Array.isArray(value['messages']);

/** A conversation as one text, for steps of one trajectory, which begin with the same question. */
function conversation(messages: unknown): string | undefined {
  if (!Array.isArray(messages)) return undefined;
  const lines = messages.filter(isFields).map(({ role, content }) => {
    const text = typeof content === 'string' ? content : JSON.stringify(content ?? '');
    return `${typeof role === 'string' ? role : 'unknown'}: ${text}`;
  });
  return lines.length > 0 ? lines.join('\n') : undefined;
}

/** The text of a message's content: a string, or the texts of its parts. */
const contentText = (content: unknown): string =>
  Array.isArray(content)
    ? content.map((part: unknown) => textOf(isFields(part) ? part['text'] : part)).join('\n')
    : textOf(content);
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** Name and arguments of the calls of tools, which are written and read like text. */
const toolText = (calls: unknown): string[] =>
  (Array.isArray(calls) ? calls : []).filter(isFields).flatMap((call) => {
    const called = isFields(call['function']) ? call['function'] : call;
    const given = called['arguments'];
    return [textOf(called['name']), typeof given === 'string' ? given : given == null ? '' : JSON.stringify(given)];
  });

function countedMessage(message: Fields): CountedMessage {
  const { role, content, tool_calls: calls, tool_call_id: answered, name } = message;
  const text = contentText(content);
  return {
    tokens: estimateTokens([text, ...toolText(calls)].join('\n')) + MESSAGE_FRAME,
    print: hash53(JSON.stringify([role, text, calls, answered, name])),
    isAnswer: role === 'assistant',
  };
}

const sum = (messages: readonly CountedMessage[]): number => messages.reduce((total, { tokens }) => total + tokens, 0);
const promptTokens = (messages: readonly CountedMessage[]): number => sum(messages) + PROMPT_FRAME;

/** Tokens of what a step answered: the answers that the next step's prompt has beyond its own. */
const answerTokens = ({ messages }: KnownStep, next: KnownStep): number =>
  sum(next.messages.slice(messages.length).filter(({ isAnswer }) => isAnswer));

const beginsWith = (prompt: readonly CountedMessage[], earlier: readonly CountedMessage[]): boolean =>
  earlier.length <= prompt.length && earlier.every(({ print }, i) => print === prompt[i]!.print);

/** Tokens of a step: its prompt, what of that is the prompt of the step before, and its answer, estimated as the benchmark does. */
function tokensOf(steps: readonly KnownStep[], at: number): { input: number; shared: number; output: number } {
  const { messages } = steps[at]!;
  const before = steps[at - 1]?.messages;
  const answers = steps.slice(1).map((next, i) => answerTokens(steps[i]!, next));
  const said = answers.filter((tokens) => tokens > 0);
  const usual = said.length === 0 ? UNKNOWN_ANSWER : Math.floor(said.reduce((a, b) => a + b, 0) / said.length);
  const input = promptTokens(messages);
  const isShared = before !== undefined && beginsWith(messages, before);
  return { input, shared: isShared ? Math.min(input, promptTokens(before)) : 0, output: answers[at] ?? usual };
}

/** The least tier that passed; undefined for a step that cannot be used. */
function targetOf(record: Fields): number | undefined {
  const target = numberOf(record['target_tier_id']);
  return target !== undefined && Number.isInteger(target) && NAMES[target] !== undefined ? target : undefined;
}

const trajectoryOf = (record: Fields): string => String(record['instance_id'] ?? record['id']);
const indexOf = (record: Fields): number => Math.trunc(numberOf(record['step_index']) ?? 1);
const stepOf = (record: Fields): KnownStep => ({
  id: String(record['id']),
  index: indexOf(record),
  messages: (Array.isArray(record['messages']) ? record['messages'] : []).filter(isFields).map(countedMessage),
});

/**
 * The static track of TwinRouterBench (arXiv 2605.18859): `question_bank.jsonl`, a step of an agent or a question per line, with the
 * least tier of models that passed (`target_tier_id`, 0 = `low` to 3 = `high`). The tiers become the models, each right from its step's tier on, so
 * that the mean score is the benchmark's case pass rate. Nothing is known of single models. The bank holds no counts of tokens: they are
 * estimated from its texts, where the benchmark takes each vendor's tokenizer.
 */
export const twinRouterBench: Preset = {
  name: 'twinrouterbench',
  title: 'the question bank of TwinRouterBench',
  records: [''],
  questionIds: true,
  reads: {
    ...{ query: 'messages', model: 'the four tiers', score: 'target_tier_id (1 from that tier on)', id: 'id' },
    ...{ task: 'benchmark', cost: 'tokens × the tier’s nominal prices, without caches' },
    ...{ inputTokens: 'messages, estimated', outputTokens: 'the messages of the next step, estimated' },
  },
  cards: Object.fromEntries(
    NAMES.map((name) => {
      const { input, output, cacheRead, cacheWrite } = TIERS[name];
      return [
        name,
        {
          feature: `The tier ${name} of TwinRouterBench, a set of models of like ability.`,
          ...{ input_price: input, output_price: output, cached_input_price: cacheRead, cache_write_price: cacheWrite },
          price_source: 'TwinRouterBench (nominal)',
        },
      ];
    }),
  ),
  recognise: (record) => has(record, 'messages', 'benchmark', 'target_tier', 'target_tier_id'),
  says(record) {
    if (targetOf(record) === undefined) return [];
    const score = stepOf(record);
    return [{ id: trajectoryOf(record), name: score.id, key: score.id, score }];
  },
  calls(record, { said }) {
    const target = targetOf(record);
    if (target === undefined) return { skipped: 'steps whose target_tier_id is not one of 0 to 3' };
    const { messages, id, benchmark } = record;
    const trajectory = trajectoryOf(record);
    // What `says` gathered of this trajectory.
    const known = said?.of(trajectory).map(({ score }) => score) ?? [stepOf(record)];
    const steps = known.filter(isKnownStep).toSorted((a, b) => a.index - b.index);
    const { input, shared, output } = tokensOf(
      steps,
      steps.findIndex((step) => step.id === String(id)),
    );
    return NAMES.map((model, tier) => ({
      query: messages,
      whole: conversation(messages),
      model,
      id,
      task: benchmark,
      score: Number(tier >= target),
      inputTokens: input,
      outputTokens: output,
      cost: (input * TIERS[model].input + output * TIERS[model].output) / 1e6,
      step: { trajectory, index: indexOf(record), sharedTokens: shared },
      notes: {
        cost: 'tokens are estimated from texts (4 bytes each), and costs are these × the tier’s nominal prices: mostly their ratios mean anything',
        score: 'scores say from which tier on a step passed; a lower tier may not have been tried',
      },
    }));
  },
};

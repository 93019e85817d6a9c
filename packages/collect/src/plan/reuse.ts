import { readJsonLines } from '@routeprofile/data';
import { costOf, estimateMessages, estimateTokens } from '@routeprofile/providers';
import {
  costSchema,
  issueText,
  latencySchema,
  RouteProfileError,
  tokensSchema,
  z,
  type RunContext,
} from '@routeprofile/schema';
import type { Call } from '../ask/asker.js';
import { callKey, type Journal } from '../journal/journal.js';
import { answeredSchema, type Answered } from '../journal/lines.js';

/** A line of somebody else's log. */
const logLineSchema = z
  .looseObject({
    query: z.unknown().optional(),
    prompt: z.unknown().optional(),
    messages: z.unknown().optional(),
    model: z.string(),
    answer: z.string().optional(),
    response: z.string().optional(),
    cost: costSchema.nullish(),
    inputTokens: tokensSchema.nullish(),
    outputTokens: tokensSchema.nullish(),
    latency: latencySchema.nullish(),
  })
  .refine((line) => (line.answer ?? line.response ?? '').trim() !== '', { error: 'holds no answer' });

type KeptAnswer = Pick<Answered, 'text' | 'truncated' | 'usage' | 'estimated' | 'cost' | 'latency'>;

/**
 * Takes answers over that files already hold, where a call would ask the same of the same model: lines of another `answers.jsonl`, and of
 * logs with `query`, `model` (the candidate's id) and `answer`. They cost nothing here.
 * @returns how many were taken over
 * @throws RouteProfileError MISSING_FILE, CORRUPT_FILE, BAD_INPUT naming file and line
 */
export async function reuseAnswers(
  path: string,
  calls: readonly Call[],
  journal: Journal,
  ctx: Pick<RunContext, 'signal'>,
): Promise<number> {
  const byKey = new Map<string, Call>();
  const byText = new Map<string, { key: string; call: Call }>();
  for (const call of calls) {
    const key = callKey(call.model.chat.id, call.messages);
    if (journal.answer(key)) continue;
    byKey.set(key, call);
    const asked = call.messages.filter(({ role }) => role !== 'system');
    byText.set(textKey(call.model.id, asked.length === 1 ? asked[0]!.content : asked), { key, call });
  }
  let taken = 0;
  const take = async (key: string, call: Call, answer: KeptAnswer) => {
    if (journal.answer(key)) return;
    const names = { key, query: call.query, model: call.model.id };
    const attempt = await journal.start({ ...names, bound: 0 });
    await journal.end({ type: 'answered', ...names, attempt, ...answer, charged: 0, reusedFrom: path });
    taken++;
  };
  for await (const { line, value } of readJsonLines(path, ctx)) {
    const own = answeredSchema.safeParse(value);
    if (own.success) {
      const call = byKey.get(own.data.key);
      if (!call) continue;
      const { text, truncated, usage, estimated, cost, latency } = own.data;
      await take(own.data.key, call, { text, truncated, usage, estimated, cost, latency });
      continue;
    }
    if (isOtherLine(value)) continue;
    const parsed = logLineSchema.safeParse(value);
    if (!parsed.success)
      throw new RouteProfileError('BAD_INPUT', `${path}: line ${line}: ${issueText(parsed.error.issues[0]!)}`, {
        hint: 'A line is one of answers.jsonl, or an object with query, model and answer.',
      });
    const { model, cost, latency = null, inputTokens, outputTokens, ...log } = parsed.data;
    const found = byText.get(textKey(model, log.query ?? log.prompt ?? log.messages));
    if (!found) continue;
    const text = (log.answer ?? log.response ?? '').trim();
    const usage = {
      uncachedInput: inputTokens ?? estimateMessages(found.call.messages),
      cacheRead: 0,
      cacheWrite: 0,
      output: outputTokens ?? estimateTokens(text),
    };
    const { price } = found.call.model;
    await take(found.key, found.call, {
      text,
      truncated: false,
      usage,
      estimated: inputTokens === undefined || outputTokens === undefined,
      cost: cost ?? (price ? costOf(usage, price) : null),
      latency,
    });
  }
  return taken;
}

/** Lines of our own journal that hold no answer. */
const isOtherLine = (value: unknown): boolean =>
  z.looseObject({ type: z.enum(['started', 'failed']), key: z.string() }).safeParse(value).success;

const textKey = (model: string, query: unknown): string => JSON.stringify([model, query]);

import { UnusableAnswer } from '@routeprofile/encoders';
import { z, type ChatMessage } from '@routeprofile/schema';
import { estimateMessages, estimateTokens } from '../prompts/tokens.js';

const partsSchema = z.array(z.looseObject({ type: z.string(), text: z.string().optional() }));
const answerSchema = z.looseObject({
  choices: z
    .array(
      z.looseObject({
        message: z.looseObject({ content: z.union([z.string(), partsSchema]).nullish() }).optional(),
        text: z.string().nullish(),
        finish_reason: z.string().nullish(),
      }),
    )
    .min(1),
  usage: z.looseObject({ prompt_tokens: z.number().min(0), completion_tokens: z.number().min(0) }).nullish(),
});

/** What one answer of the server took, whether or not its text is of use. */
export interface Spent {
  promptTokens: number;
  completionTokens: number;
  estimated: boolean;
}

/**
 * The text of an answer of `/chat/completions` or `/completions`.
 * @param spent told before the text is judged, as a text of no use is paid for too
 * @throws UnusableAnswer when it is not valid JSON, cut short, empty, or was ended before its first sentence.
 */
export function parseAnswer(
  body: string,
  messages: readonly ChatMessage[],
  spent: (tokens: Spent) => void,
): { text: string; truncated: boolean } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new UnusableAnswer(`the answer is not valid JSON (${body.length} characters, perhaps cut short)`);
  }
  const parsed = answerSchema.safeParse(json);
  if (!parsed.success) throw new UnusableAnswer('the answer holds no `choices` with a text');
  const { choices, usage } = parsed.data;
  const { message, text, finish_reason } = choices[0]!;
  const content = message?.content ?? text ?? '';
  const raw = typeof content === 'string' ? content : content.map((part) => part.text ?? '').join('');
  spent(
    usage
      ? { promptTokens: usage.prompt_tokens, completionTokens: usage.completion_tokens, estimated: false }
      : { promptTokens: estimateMessages(messages), completionTokens: estimateTokens(raw), estimated: true },
  );
  if (finish_reason === 'content_filter') throw new UnusableAnswer("the server's content filter withheld the answer");

  const said = withoutThoughts(raw);
  if (said === undefined) throw new UnusableAnswer('the token limit ended the answer while the model was thinking');
  if (said === '') throw new UnusableAnswer('the answer is empty');
  if (finish_reason !== 'length') return { text: said, truncated: false };
  const whole = upToLastSentence(said);
  if (whole === undefined) throw new UnusableAnswer('the token limit ended the answer within its first sentence');
  return { text: whole, truncated: whole !== said };
}

/** Reasoning models may think aloud first, in `<think>…</think>`; undefined when they never finished. */
function withoutThoughts(text: string): string | undefined {
  const said = text.replace(/^\s*<think>[\s\S]*?<\/think>/, '').trim();
  return said.startsWith('<think>') ? undefined : said;
}

function upToLastSentence(text: string): string | undefined {
  if (/[.!?。！？]["”')\]]*$/.test(text)) return text;
  const sentences = /^[\s\S]*(?:[.!?]["”')\]]*(?=\s)|[。！？])/.exec(text);
  return sentences?.[0].trim();
}

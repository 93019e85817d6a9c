import { z } from '@routeprofile/schema';
import { askedBy, messagesSchema, type Said, type StandInWire } from './wire.js';

const requestSchema = z.object({
  model: z.string(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().optional() }).nullish(),
  messages: messagesSchema,
});

const usageOf = ({ promptTokens, outputTokens, reasoningTokens }: Said) => ({
  prompt_tokens: promptTokens,
  completion_tokens: outputTokens,
  total_tokens: promptTokens + outputTokens,
  completion_tokens_details: { reasoning_tokens: reasoningTokens },
});

const chunk = (choices: object[], more: object = {}) => ({
  ...{ id: 'stand-in', object: 'chat.completion.chunk', created: 0, model: 'stand-in', choices },
  ...more,
});
const delta = (content: object, finish: string | null = null) => [{ index: 0, delta: content, finish_reason: finish }];

/** OpenAI's chat completions. */
export const chatWire: StandInWire = {
  path: '/v1/chat/completions',
  read(body) {
    const { data } = requestSchema.safeParse(body);
    if (data === undefined) return undefined;
    const usageWanted = data.stream_options?.include_usage === true;
    return { model: data.model, stream: data.stream === true, usageWanted, ...askedBy(data.messages) };
  },
  whole: (said) => ({
    ...{ id: 'stand-in', object: 'chat.completion', created: 0, model: said.model },
    choices: [{ index: 0, message: { role: 'assistant', content: said.text }, finish_reason: 'stop' }],
    usage: usageOf(said),
  }),
  opening: ({ model }) => [chunk(delta({ role: 'assistant', content: '' }), { model })],
  word: (content) => chunk(delta({ content })),
  closing: (said, { usageWanted }) => [
    chunk(delta({}, 'stop')),
    ...(usageWanted ? [chunk([], { usage: usageOf(said) })] : []),
  ],
  named: false,
  end: 'data: [DONE]\n\n',
};

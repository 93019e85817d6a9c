import { z } from '@routeprofile/schema';
import { askedBy, messagesSchema, type Said, type StandInWire } from './wire.js';

const requestSchema = z.object({
  model: z.string(),
  stream: z.boolean().nullish(),
  input: z.union([z.string(), messagesSchema]),
});

const ITEM = 'msg_stand_in';
const AT = { item_id: ITEM, output_index: 0, content_index: 0 };
const part = (text: string) => ({ type: 'output_text', text, annotations: [] });
const item = (status: string, content: object[]) => ({ id: ITEM, type: 'message', role: 'assistant', status, content });

const responseOf = ({ model }: Said, status: string, more: object = {}) => ({
  ...{ id: 'resp_stand_in', object: 'response', created_at: 0, model, status, output: [], error: null },
  ...more,
});

const completed = (said: Said) =>
  responseOf(said, 'completed', {
    output: [item('completed', [part(said.text)])],
    usage: {
      input_tokens: said.promptTokens,
      output_tokens: said.outputTokens,
      output_tokens_details: { reasoning_tokens: said.reasoningTokens },
      total_tokens: said.promptTokens + said.outputTokens,
    },
  });

/** OpenAI's responses. */
export const responsesWire: StandInWire = {
  path: '/v1/responses',
  read(body) {
    const { data } = requestSchema.safeParse(body);
    if (data === undefined) return undefined;
    const messages = typeof data.input === 'string' ? [{ role: 'user', content: data.input }] : data.input;
    return { model: data.model, stream: data.stream === true, usageWanted: true, ...askedBy(messages) };
  },
  whole: completed,
  opening: (said) => [
    { type: 'response.created', response: responseOf(said, 'in_progress') },
    { type: 'response.in_progress', response: responseOf(said, 'in_progress') },
    { type: 'response.output_item.added', output_index: 0, item: item('in_progress', []) },
    { type: 'response.content_part.added', ...AT, part: part('') },
  ],
  word: (text) => ({ type: 'response.output_text.delta', ...AT, delta: text }),
  closing: (said) => [
    { type: 'response.output_text.done', ...AT, text: said.text },
    { type: 'response.content_part.done', ...AT, part: part(said.text) },
    { type: 'response.output_item.done', output_index: 0, item: item('completed', [part(said.text)]) },
    { type: 'response.completed', response: completed(said) },
  ],
  named: true,
  end: '',
};

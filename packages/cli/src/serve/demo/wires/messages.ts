import { z } from '@routeprofile/schema';
import { askedBy, messagesSchema, type StandInWire } from './wire.js';

const requestSchema = z.object({ model: z.string(), stream: z.boolean().nullish(), messages: messagesSchema });

const messageOf = (model: string) => ({ id: 'msg_stand_in', type: 'message', role: 'assistant', model });

/** Anthropic's messages. */
export const messagesWire: StandInWire = {
  path: '/v1/messages',
  read(body) {
    const { data } = requestSchema.safeParse(body);
    return data && { model: data.model, stream: data.stream === true, usageWanted: true, ...askedBy(data.messages) };
  },
  whole: ({ model, text, promptTokens, outputTokens }) => ({
    ...messageOf(model),
    content: [{ type: 'text', text }],
    stop_reason: 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: promptTokens, output_tokens: outputTokens },
  }),
  opening: ({ model, promptTokens }) => [
    {
      type: 'message_start',
      message: {
        ...messageOf(model),
        ...{ content: [], stop_reason: null, stop_sequence: null },
        usage: { input_tokens: promptTokens, output_tokens: 1 },
      },
    },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
  ],
  word: (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } }),
  closing: ({ outputTokens }) => [
    { type: 'content_block_stop', index: 0 },
    {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn', stop_sequence: null },
      usage: { output_tokens: outputTokens },
    },
    { type: 'message_stop' },
  ],
  named: true,
  end: '',
};

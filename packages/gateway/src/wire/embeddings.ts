import { readUsage } from '@routeprofile/providers';
import { RouteProfileError } from '@routeprofile/schema';
import { eventText, fieldsOf, itemsOf, openAiError, type Complaint, type WireFormat } from './format.js';
import { CHARACTERS_OF_TOKEN } from './measure.js';

/** What is to be embedded, one by one: texts, or lists of tokens. */
function inputsOf(input: unknown): readonly unknown[] {
  const list = itemsOf(input);
  if (list.length === 0) return input === undefined || Array.isArray(input) ? [] : [input];
  return list.every((one) => typeof one === 'number') ? [list] : list;
}

/** Tokens of one input, estimated where it is a text. */
const tokensOf = (input: unknown): number =>
  typeof input === 'string' ? Math.ceil(input.length / CHARACTERS_OF_TOKEN) : itemsOf(input).length;

/** OpenAI's embeddings. Numbers and base64 pass as they are; nothing is streamed. */
export const embeddingsWire: WireFormat = {
  wire: 'embeddings',
  path: 'embeddings',
  keyHeader: 'authorization',
  asked({ input }) {
    const inputs = inputsOf(input);
    const tokens = inputs.map(tokensOf);
    return {
      turns: inputs.filter((one) => typeof one === 'string').join('\n'),
      instructions: [],
      said: [input],
      read: [input],
      counted: {
        prompt: tokens.reduce((sum, count) => sum + count, 0),
        // Each is read for itself.
        longest: tokens.reduce((most, count) => Math.max(most, count), 0),
      },
      tools: false,
      json: undefined,
      logprobs: false,
      reasoning: false,
      maxOutput: 0,
      choices: 1,
      usage: true,
    };
  },
  askingForUsage: (text) => text,
  openStream() {
    throw new RouteProfileError('INTERNAL', 'embeddings are not streamed');
  },
  errorIn: (data) => data,
  readAnswer(answer) {
    const { data, usage } = fieldsOf(answer);
    if (!Array.isArray(data)) return undefined;
    const counted = readUsage('embeddings', usage);
    return { writtenBytes: 0, content: data.length > 0, finish: 'plain', ...(counted && { usage: counted }) };
  },
  errorBody: (complaint) => JSON.stringify(openAiError(complaint)),
  errorEvent: (complaint: Complaint) => eventText(openAiError(complaint)),
};

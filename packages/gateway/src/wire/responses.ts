import { readUsage } from '@routeprofile/providers';
import {
  eventText,
  fieldsOf,
  isFields,
  isSaid,
  itemsOf,
  jsonOf,
  jsonOfType,
  limitOf,
  openAiError,
  textOf,
  wrote,
  type AnswerState,
  type Fields,
  type StreamReader,
  type WireFormat,
} from './format.js';
import { withMember } from './json-text.js';

/** Items that are content only by their parts; all others are calls of tools, or what came of them. */
const BY_PARTS = new Set(['message', 'reasoning']);

/** A whole item of an answer's output. */
function readItem(state: AnswerState, item: Fields): boolean {
  const parts = [...itemsOf(item['content']), ...itemsOf(item['summary'])].map(fieldsOf);
  const said = wrote(state, ...parts.flatMap(({ text, refusal }) => [text, refusal]), item['name'], item['arguments']);
  const whole = typeof item['type'] === 'string' && !BY_PARTS.has(item['type']);
  if (whole) state.content = true;
  return said || whole;
}

/** What the response object says of itself: it comes with the last event, or is the whole answer. */
function readResponse(state: AnswerState, response: Fields): void {
  const usage = readUsage('responses', response['usage']);
  if (usage) state.usage = usage;
  // A server that streams no deltas says it all at the end.
  if (!state.content) for (const item of itemsOf(response['output'])) readItem(state, fieldsOf(item));
  const status = response['status'];
  if (status === 'completed') state.finish = 'plain';
  else if (typeof status === 'string') state.finish = 'other';
}

function openStream(): StreamReader {
  const state: AnswerState = { writtenBytes: 0, content: false };
  return {
    state,
    read(event) {
      const said = jsonOf(event);
      if (said === undefined) return event.data === '[DONE]' ? 'end' : 'malformed';
      const type = textOf(said['type']) || event.name;
      switch (type) {
        case 'error':
        case 'response.failed':
          readResponse(state, fieldsOf(said['response']));
          return 'error';
        case 'response.completed':
        case 'response.incomplete':
        case 'response.cancelled':
          readResponse(state, fieldsOf(said['response']));
          if (type !== 'response.completed') state.finish = 'other';
          return 'end';
        case 'response.output_item.added': {
          const item = fieldsOf(said['item']);
          if (BY_PARTS.has(textOf(item['type'])) || typeof item['type'] !== 'string') return 'other';
          wrote(state, item['name']);
          state.content = true;
          return 'content';
        }
        default: {
          if (isFields(said['error'])) return 'error';
          if (!type.endsWith('.delta')) return 'other';
          return wrote(state, said['delta']) ? 'content' : 'other';
        }
      }
    },
    ending: () => undefined,
  };
}

/** Members that name what a server has stored. */
const STORED = ['previous_response_id', 'conversation', 'prompt'];

/** What of a request stands at the server that stored it, and nowhere else. */
function storedIn(body: Fields): string | undefined {
  const named = STORED.find((name) => typeof body[name] === 'string' || isFields(body[name]));
  if (named !== undefined) return named;
  return itemsOf(body['input']).some((item) => fieldsOf(item)['type'] === 'item_reference')
    ? 'item_reference'
    : undefined;
}

const BACKGROUND = {
  name: 'background',
  why: 'the answer would have to be fetched later, and nobody could tell what it costs',
};

/** OpenAI's responses. */
export const responsesWire: WireFormat = {
  wire: 'responses',
  path: 'responses',
  keyHeader: 'authorization',
  asked(body) {
    const { input, instructions, tools, text, max_output_tokens: limit } = body;
    const stored = storedIn(body);
    return {
      turns: input,
      instructions: [instructions],
      said: [input, instructions],
      read: [input, instructions, tools, text],
      tools: itemsOf(tools).length > 0,
      json: jsonOfType(fieldsOf(fieldsOf(text)['format'])['type']),
      logprobs: itemsOf(body['include']).includes('message.output_text.logprobs'),
      reasoning: isSaid(fieldsOf(body['reasoning'])['effort']),
      maxOutput: limitOf(limit),
      choices: 1,
      usage: true,
      ...(stored !== undefined && { boundTo: stored }),
      ...(body['background'] === true && { unable: BACKGROUND }),
    };
  },
  askingForUsage: (text) => text,
  withoutReasoning(text, { input }) {
    const items = itemsOf(input);
    const others = items.filter((item) => fieldsOf(item)['type'] !== 'reasoning');
    return others.length < items.length ? withMember(text, 'input', JSON.stringify(others)) : undefined;
  },
  openStream,
  errorIn(data) {
    const said = jsonOf({ name: '', data }) ?? {};
    const { code, message } = said;
    return JSON.stringify({ error: fieldsOf(said['response'])['error'] ?? said['error'] ?? { code, message } });
  },
  readAnswer(answer) {
    const response = fieldsOf(answer);
    if (!Array.isArray(response['output'])) return undefined;
    const state: AnswerState = { writtenBytes: 0, content: false };
    readResponse(state, response);
    return state;
  },
  errorBody: (complaint) => JSON.stringify(openAiError(complaint)),
  // Some clients know the event by its type and read it, others by its member `error`: it has both.
  errorEvent(complaint) {
    const { code, message } = complaint;
    return eventText(
      { type: 'error', sequence_number: 0, code, message, param: null, ...openAiError(complaint) },
      'error',
    );
  },
};

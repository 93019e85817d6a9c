import OpenAI from 'openai';
import { ANSWER_SCHEMA, QUESTION as messages, TOOL, type ClientSettings, type RealClient } from './client.js';

const open = ({ url, maxRetries }: ClientSettings) => new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries });
const model = 'auto';
const chat = { model, messages };
const tools = [
  { type: 'function' as const, function: { name: TOOL.name, description: TOOL.description, parameters: TOOL.schema } },
];
const response_format = {
  type: 'json_schema' as const,
  json_schema: { name: 'answer', schema: ANSWER_SCHEMA, strict: true },
};
const called = (call: { function?: { name: string; arguments: string } } | undefined) =>
  call?.function && { name: call.function.name, input: JSON.parse(call.function.arguments) as unknown };

/** `openai`, chat completions, read chunk by chunk. */
export const openAiChat: RealClient = {
  wire: 'chat',
  async whole(settings) {
    const { choices } = await open(settings).chat.completions.create(chat, settings);
    return choices[0]?.message.content;
  },
  async stream(settings, onText) {
    const stream = await open(settings).chat.completions.create({ ...chat, stream: true }, settings);
    for await (const { choices } of stream) onText(choices[0]?.delta.content ?? '');
  },
  async leaves(settings) {
    const stream = await open(settings).chat.completions.create({ ...chat, stream: true }, settings);
    for await (const { choices } of stream) if (choices[0]?.delta.content) break;
  },
  async tool(settings) {
    const { choices } = await open(settings).chat.completions.create({ ...chat, tools }, settings);
    const [call] = choices[0]?.message.tool_calls ?? [];
    return call?.type === 'function' ? called(call) : undefined;
  },
  async streamedTool(settings) {
    let [name, input] = ['', ''];
    for await (const { choices } of await open(settings).chat.completions.create(
      { ...chat, tools, stream: true },
      settings,
    )) {
      const call = choices[0]?.delta.tool_calls?.[0]?.function;
      name += call?.name ?? '';
      input += call?.arguments ?? '';
    }
    return { name, input: JSON.parse(input) };
  },
  async structured(settings) {
    const { choices } = await open(settings).chat.completions.parse({ ...chat, response_format }, settings);
    return choices[0]?.message.parsed;
  },
};

/** `openai`, its helper that puts a stream together. */
export const openAiChatHelper: RealClient = {
  ...openAiChat,
  async stream(settings, onText) {
    const stream = open(settings).chat.completions.stream(chat, settings);
    stream.on('content', onText);
    await stream.finalChatCompletion();
  },
  async leaves(settings) {
    const stream = open(settings).chat.completions.stream(chat, settings);
    for await (const { choices } of stream) if (choices[0]?.delta.content) break;
  },
  async streamedTool(settings) {
    const { choices } = await open(settings)
      .chat.completions.stream({ ...chat, tools }, settings)
      .finalChatCompletion();
    return called(choices[0]?.message.tool_calls?.[0]);
  },
};

const asked = { model, input: messages };
const responseTools = [
  { type: 'function' as const, name: TOOL.name, description: TOOL.description, parameters: TOOL.schema, strict: true },
];

/** `openai`, responses. */
export const openAiResponses: RealClient = {
  wire: 'responses',
  whole: async (settings) => (await open(settings).responses.create(asked, settings)).output_text,
  async stream(settings, onText) {
    for await (const event of await open(settings).responses.create({ ...asked, stream: true }, settings))
      if (event.type === 'response.output_text.delta') onText(event.delta);
      // The client hands the events of failures on like any other.
      else if (event.type === 'error') throw new Error(event.message);
  },
  async leaves(settings) {
    const stream = await open(settings).responses.create({ ...asked, stream: true }, settings);
    for await (const event of stream) if (event.type === 'response.output_text.delta') break;
  },
  async tool(settings) {
    const { output } = await open(settings).responses.create({ ...asked, tools: responseTools }, settings);
    const call = output.find((item) => item.type === 'function_call');
    return call && { name: call.name, input: JSON.parse(call.arguments) };
  },
  async streamedTool(settings) {
    const stream = open(settings).responses.stream({ ...asked, tools: responseTools }, settings);
    const { output } = await stream.finalResponse();
    const call = output.find((item) => item.type === 'function_call');
    return call && { name: call.name, input: JSON.parse(call.arguments) };
  },
  async structured(settings) {
    const text = { format: { type: 'json_schema' as const, name: 'answer', schema: ANSWER_SCHEMA, strict: true } };
    return (await open(settings).responses.parse({ ...asked, text }, settings)).output_parsed;
  },
};

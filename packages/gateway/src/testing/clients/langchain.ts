import type { AIMessageChunk } from '@langchain/core/messages';
import { ChatOpenAI } from '@langchain/openai';
import { ANSWER_SCHEMA, QUESTION as messages, TOOL, type ClientSettings, type RealClient } from './client.js';

const open = ({ url, maxRetries }: ClientSettings) =>
  new ChatOpenAI({ model: 'auto', apiKey: 'none', maxRetries, configuration: { baseURL: `${url}/v1` } });
const withTool = (settings: ClientSettings) =>
  open(settings).bindTools([
    { type: 'function', function: { name: TOOL.name, description: TOOL.description, parameters: TOOL.schema } },
  ]);
const called = (calls: readonly { name: string; args: unknown }[] = []) =>
  calls[0] && { name: calls[0].name, input: calls[0].args };

/** `@langchain/openai`. */
export const langChainChat: RealClient = {
  wire: 'chat',
  whole: async (settings) => (await open(settings).invoke(messages, { signal: settings.signal })).text,
  async stream(settings, onText) {
    for await (const chunk of await open(settings).stream(messages, { signal: settings.signal })) onText(chunk.text);
  },
  async leaves(settings) {
    const leave = new AbortController();
    const stream = await open(settings).stream(messages, { signal: leave.signal });
    for await (const chunk of stream) if (chunk.text) leave.abort();
  },
  tool: async (settings) => called((await withTool(settings).invoke(messages)).tool_calls),
  async streamedTool(settings) {
    let all: AIMessageChunk | undefined;
    for await (const chunk of await withTool(settings).stream(messages)) all = all?.concat(chunk) ?? chunk;
    return called(all?.tool_calls);
  },
  structured: async (settings) =>
    open(settings)
      .withStructuredOutput({ title: 'answer', ...ANSWER_SCHEMA }, { strict: true })
      .invoke(messages),
};

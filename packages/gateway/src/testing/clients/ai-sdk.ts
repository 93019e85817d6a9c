import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { generateObject, generateText, jsonSchema, streamText, tool, type LanguageModel } from 'ai';
import type { ServedWire } from '../../contracts/wire.js';
import { ANSWER_SCHEMA, QUESTION as messages, TOOL, type ClientSettings, type RealClient } from './client.js';

const tools = { [TOOL.name]: tool({ description: TOOL.description, inputSchema: jsonSchema(TOOL.schema) }) };

function clientOf(wire: ServedWire, modelOf: (url: string) => LanguageModel): RealClient {
  const ask = ({ url, maxRetries, signal }: ClientSettings) => ({
    model: modelOf(url),
    messages,
    maxRetries,
    abortSignal: signal,
  });
  return {
    wire,
    whole: async (settings) => (await generateText(ask(settings))).text,
    async stream(settings, onText) {
      const { fullStream } = streamText({ ...ask(settings), onError: () => {} });
      for await (const part of fullStream)
        if (part.type === 'text-delta') onText(part.text);
        else if (part.type === 'error') throw asError(part.error);
    },
    async leaves(settings) {
      const leave = new AbortController();
      const { textStream } = streamText({ ...ask(settings), abortSignal: leave.signal });
      for await (const _ of textStream) leave.abort();
    },
    async tool(settings) {
      const [call] = (await generateText({ ...ask(settings), tools })).toolCalls;
      return call && { name: call.toolName, input: call.input };
    },
    async streamedTool(settings) {
      const [call] = await streamText({ ...ask(settings), tools }).toolCalls;
      return call && { name: call.toolName, input: call.input };
    },
    structured: async (settings) =>
      (await generateObject({ ...ask(settings), schema: jsonSchema(ANSWER_SCHEMA) })).object,
  };
}

/** Parts of errors hold whatever the server sent. */
const asError = (said: unknown): Error => (said instanceof Error ? said : new Error(JSON.stringify(said)));

/** `ai` with `@ai-sdk/openai-compatible`. */
export const aiSdkChat = clientOf('chat', (url) =>
  createOpenAICompatible({
    name: 'gateway',
    baseURL: `${url}/v1`,
    apiKey: 'none',
    supportsStructuredOutputs: true,
  })('auto'),
);

/** `ai` with `@ai-sdk/openai`, which speaks responses. */
export const aiSdkResponses = clientOf('responses', (url) =>
  createOpenAI({ baseURL: `${url}/v1`, apiKey: 'none' })('auto'),
);

import { aiSdkChat, aiSdkResponses } from './ai-sdk.js';
import { anthropicMessages } from './anthropic.js';
import type { RealClient } from './client.js';
import { langChainChat } from './langchain.js';
import { openAiChat, openAiChatHelper, openAiResponses } from './openai.js';

/** Every client that the gateway is tried with, by what it is and which wire it speaks. */
const REAL_CLIENTS = {
  'openai, chat completions': openAiChat,
  'openai, chat completions, .stream()': openAiChatHelper,
  'openai, responses': openAiResponses,
  '@anthropic-ai/sdk, messages': anthropicMessages,
  'ai + @ai-sdk/openai-compatible, chat completions': aiSdkChat,
  'ai + @ai-sdk/openai, responses': aiSdkResponses,
  '@langchain/openai, chat completions': langChainChat,
} satisfies Record<string, RealClient>;
/** The name of a client. */
export type ClientName = keyof typeof REAL_CLIENTS;

/** All of them with their names, as `describe.each` wants them. */
export const EVERY_CLIENT = Object.entries(REAL_CLIENTS) as [ClientName, RealClient][];

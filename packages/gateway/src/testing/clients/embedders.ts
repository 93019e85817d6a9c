import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OpenAIEmbeddings } from '@langchain/openai';
import { embed, embedMany } from 'ai';
import OpenAI from 'openai';

/** Which gateway is asked, and for which model. */
export interface EmbedderSettings {
  url: string;
  model: string;
}

/** A client of embeddings that people use. */
export interface RealEmbedder {
  /** How it asks for numbers; undefined where it does not say. */
  encoding: 'base64' | 'float' | undefined;
  one(settings: EmbedderSettings, text: string): Promise<readonly number[]>;
  many(settings: EmbedderSettings, texts: string[]): Promise<readonly (readonly number[])[]>;
}

function openAiEmbedder(asked: { encoding_format?: 'float' }): RealEmbedder {
  const vectors = async ({ url, model }: EmbedderSettings, input: string | string[]) => {
    const openai = new OpenAI({ baseURL: `${url}/v1`, apiKey: 'none', maxRetries: 0 });
    return (await openai.embeddings.create({ model, input, ...asked })).data.map(({ embedding }) => embedding);
  };
  return {
    // It asks for base64 by itself, and gives its program numbers.
    encoding: asked.encoding_format ?? 'base64',
    one: async (settings, text) => (await vectors(settings, text))[0] ?? [],
    many: vectors,
  };
}

const aiModel = ({ url, model }: EmbedderSettings) =>
  createOpenAICompatible({ name: 'gateway', baseURL: `${url}/v1`, apiKey: 'none' }).embeddingModel(model);
const langChain = ({ url, model }: EmbedderSettings) =>
  new OpenAIEmbeddings({ model, apiKey: 'none', maxRetries: 0, configuration: { baseURL: `${url}/v1` } });

/** All of them with their names, as `describe.each` wants them. */
export const EVERY_EMBEDDER: [string, RealEmbedder][] = [
  ['openai', openAiEmbedder({})],
  ['openai, encoding_format: float', openAiEmbedder({ encoding_format: 'float' })],
  [
    'ai + @ai-sdk/openai-compatible',
    {
      encoding: 'float',
      one: async (settings, value) => (await embed({ model: aiModel(settings), value, maxRetries: 0 })).embedding,
      many: async (settings, values) =>
        (await embedMany({ model: aiModel(settings), values, maxRetries: 0 })).embeddings,
    },
  ],
  [
    '@langchain/openai',
    {
      encoding: 'base64',
      one: (settings, text) => langChain(settings).embedQuery(text),
      many: (settings, texts) => langChain(settings).embedDocuments(texts),
    },
  ],
];

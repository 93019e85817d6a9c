import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { createRouteProfile, type DecisionRecord } from '@routeprofile/ai-sdk';
import { openRouter } from '@routeprofile/pipeline';
import { streamText, type ModelMessage } from 'ai';

export interface ChatSettings {
  /** Folder of a trained router, such as `run/routers/advantage.knn.seed42`. */
  router: string;
  /** Of a server that speaks chat completions and has every model of the router, such as `https://openrouter.ai/api/v1`. */
  baseURL: string;
  apiKey?: string;
}

/** What became of one answer. */
export interface Answered {
  /** The candidate that answered; null where none did. */
  served: string | null;
  /** Dollars of all attempts; undefined where a model has no price. */
  cost: number | undefined;
  /** Why the router chose as it did. */
  reason: string;
}

export interface Chat {
  /** Asks, and hands on the answer piece by piece. Earlier questions and answers go along. */
  say(text: string, onText: (piece: string) => void): Promise<Answered>;
  close(): Promise<void>;
}

/** A conversation in which each question is answered by the model that the router chooses. */
export async function openChat({ router: folder, baseURL, apiKey }: ChatSettings): Promise<Chat> {
  const router = await openRouter(folder);
  const server = createOpenAICompatible({ name: 'models', baseURL, apiKey, includeUsage: true });
  let last: DecisionRecord | undefined;
  const routeprofile = createRouteProfile({
    router,
    models: Object.fromEntries(router.candidates.map(({ id, model }) => [id, server(model)])),
    onDecision: (record) => void (last = record),
  });
  const messages: ModelMessage[] = [];
  return {
    async say(text, onText) {
      const asked: ModelMessage[] = [...messages, { role: 'user', content: text }];
      const answer = streamText({ model: routeprofile('auto'), messages: asked });
      for await (const piece of answer.textStream) onText(piece);
      // A question that nobody answered whole is not part of the conversation.
      messages.push(...asked.slice(-1), { role: 'assistant', content: await answer.text });
      return { served: last?.served ?? null, cost: last?.cost, reason: last?.reasons[0]?.text ?? '' };
    },
    close: () => router.dispose(),
  };
}

import type { LanguageModelV3CallOptions, LanguageModelV3StreamPart, LanguageModelV3Usage } from '@ai-sdk/provider';
import { MockLanguageModelV3 } from 'ai/test';

export const USAGE: LanguageModelV3Usage = {
  inputTokens: { total: 20, noCache: 12, cacheRead: 8, cacheWrite: undefined },
  outputTokens: { total: 6, text: 6, reasoning: undefined },
};
const FINISH = { unified: 'stop' as const, raw: 'stop' };

/** The parts of a stream that says a text in words. */
export const saying = (text: string): LanguageModelV3StreamPart[] => [
  { type: 'stream-start', warnings: [] },
  { type: 'response-metadata', id: 'r1', modelId: 'served' },
  { type: 'text-start', id: 't' },
  ...text.split(/(?<= )/).map((delta) => ({ type: 'text-delta' as const, id: 't', delta })),
  { type: 'text-end', id: 't' },
  { type: 'finish', finishReason: FINISH, usage: USAGE },
];

/** What a stream does behind its parts. */
export type Then = 'close' | 'throw' | 'hang';

/** A stream of parts, read as they are asked for. It takes no notice of signals. */
export function streamOf(parts: readonly LanguageModelV3StreamPart[], then: Then = 'close') {
  const waiting = [...parts];
  return new ReadableStream<LanguageModelV3StreamPart>(
    {
      pull(controller) {
        const part = waiting.shift();
        if (part) controller.enqueue(part);
        else if (then === 'close') controller.close();
        else if (then === 'throw') controller.error(Object.assign(new TypeError('terminated'), { code: 'ECONNRESET' }));
        else return new Promise(() => {});
        return undefined;
      },
    },
    { highWaterMark: 0 },
  );
}

/** What a model says or does once; after the last one it says its name. */
export type Turn = { text: string } | { error: Error } | { parts: LanguageModelV3StreamPart[]; then?: Then };

/** A model that does as it is told, and says its id when it is told nothing. */
export function model(id: string, ...turns: Turn[]): MockLanguageModelV3 {
  const next = (_options: LanguageModelV3CallOptions): Turn => turns.shift() ?? { text: `I am ${id}.` };
  return new MockLanguageModelV3({
    provider: `mock-${id}.chat`,
    modelId: `model-${id}`,
    doGenerate: async (options) => {
      const turn = next(options);
      if ('error' in turn) throw turn.error;
      if ('parts' in turn) throw new Error('these parts are for a stream');
      return {
        content: turn.text === '' ? [] : [{ type: 'text', text: turn.text }],
        finishReason: FINISH,
        usage: USAGE,
        warnings: [],
      };
    },
    doStream: async (options) => {
      const turn = next(options);
      if ('error' in turn) throw turn.error;
      if ('text' in turn) return { stream: streamOf(saying(turn.text)) };
      return { stream: streamOf(turn.parts, turn.then) };
    },
  });
}

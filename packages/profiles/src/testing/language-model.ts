import { throwIfAborted, type ChatMessage, type ChatModel } from '@routeprofile/schema';

/** Answers at once, says what it was asked, and remembers it. The answer depends on the prompt alone. */
export function fakeModel(id = 'fake'): ChatModel & { prompts: { label: string; text: string }[] } {
  const prompts: { label: string; text: string }[] = [];
  return {
    specVersion: 1,
    id,
    prompts,
    async complete({ messages, label = '' }, ctx) {
      throwIfAborted(ctx);
      const text = textOf(messages);
      prompts.push({ label, text });
      return {
        text: `[answer ${fingerprint(text)}] about ${/^(?:Model|Task|Domain|Family): (.*)$/m.exec(text)?.[1] ?? '?'}`,
        usage: { uncachedInput: 100, cacheRead: 0, cacheWrite: 0, output: 20 },
        estimated: false,
        truncated: false,
        attempts: 1,
      };
    },
  };
}

const textOf = (messages: readonly ChatMessage[]): string => messages.map(({ content }) => content).join('\n');

function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(16);
}

export function memoryStore() {
  const values = new Map<string, Uint8Array>();
  return {
    values,
    async get(key: string) {
      return values.get(key);
    },
    async set(key: string, value: Uint8Array) {
      values.set(key, value);
    },
    /** Everything it holds, as text. */
    dump: () => [...values].map(([key, value]) => `${key} ${new TextDecoder().decode(value)}`).join('\n'),
  };
}

import type { ChatModel, Completion, Usage } from '../chat.js';
import { RouteProfileError } from '../errors.js';
import type { ChatMessage } from '../query.js';
import { rejectionOf } from './rejection.js';
import type { TestRunner } from './runner.js';

const ctx = { seed: 1 };
const MESSAGES: readonly ChatMessage[] = [
  { role: 'system', content: 'You are brief.' },
  { role: 'user', content: 'Say what 2 + 2 is, and greet Köln 👋.' },
];

const isCount = (value: number) => Number.isFinite(value) && value >= 0;

const isUsage = ({ uncachedInput, cacheRead, cacheWrite, output, reasoning = 0 }: Usage) =>
  [uncachedInput, cacheRead, cacheWrite, output, reasoning].every(isCount) && reasoning <= output;

const isCompletion = ({ text, usage, estimated, truncated, attempts }: Completion) =>
  text !== '' &&
  text === text.trim() &&
  isUsage(usage) &&
  usage.uncachedInput + usage.cacheRead + usage.cacheWrite > 0 &&
  usage.output > 0 &&
  typeof estimated === 'boolean' &&
  typeof truncated === 'boolean' &&
  Number.isInteger(attempts) &&
  attempts >= 1;

/** The suite every chat model passes. `create` is called once a test; what it gives answers whatever it is asked. */
export function describeChatModelContract(
  { describe, it, expect }: TestRunner,
  name: string,
  create: () => Promise<ChatModel> | ChatModel,
): void {
  describe(`chat model contract: ${name}`, () => {
    it('answers with a text, and says what that took', async () => {
      const model = await create();
      const completion = await model.complete({ messages: MESSAGES, label: 'query 7' }, ctx);
      expect(isCompletion(completion), JSON.stringify(completion)).toBe(true);
    });

    it('has one id, whatever it was asked', async () => {
      const model = await create();
      const { id } = model;
      await model.complete({ messages: MESSAGES }, ctx);
      expect([model.specVersion, id.length > 0, model.id]).toEqual([1, true, id]);
      expect((await create()).id).toBe(id);
    });

    it('leaves the request as it is', async () => {
      const model = await create();
      const messages = Object.freeze(MESSAGES.map((message) => Object.freeze({ ...message })));
      await model.complete(Object.freeze({ messages }), ctx);
      expect(messages).toEqual(MESSAGES);
    });

    it('answers calls at the same time, each with counts of its own', async () => {
      const model = await create();
      const alone = await model.complete({ messages: MESSAGES }, ctx);
      const together = await Promise.all(
        Array.from({ length: 4 }, (_, i) => model.complete({ messages: MESSAGES, label: `query ${i}` }, ctx)),
      );
      expect(together.every(isCompletion)).toBe(true);
      expect(together.map(({ attempts }) => attempts)).toEqual(together.map(() => alone.attempts));
    });

    it('stops when asked to', async () => {
      const model = await create();
      const controller = new AbortController();
      controller.abort();
      const error = await rejectionOf(model.complete({ messages: MESSAGES }, { ...ctx, signal: controller.signal }));
      expect(RouteProfileError.isInstance(error) && error.code).toBe('ABORTED');
    });
  });
}

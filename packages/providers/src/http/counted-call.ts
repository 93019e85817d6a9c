import type { ChatMessage, Completion, Usage } from '@routeprofile/schema';
import type { ChatAnswer, Spoken } from '../openai/answer.js';
import { addUsage, estimateUsage, NO_USAGE } from '../usage/usage.js';
import { isCallError } from './call-error.js';
import { postJson, type PostPolicy, type PostTarget } from './post-json.js';

/**
 * One chat over any wire: sends it, tries again as the policy says, and counts what all attempts took, those of no use included.
 * @param parse reads a body; throws `UnusableAnswer`
 * @param judge what of an answer is of use; throws `UnusableAnswer`
 * @throws CallError, with what its answers took where the server said so; RouteProfileError ABORTED
 */
export async function countedCall(
  messages: readonly ChatMessage[],
  target: PostTarget,
  payload: unknown,
  parse: (body: string) => ChatAnswer,
  judge: (answer: ChatAnswer) => Spoken,
  policy: PostPolicy,
): Promise<Completion> {
  let usage: Usage = NO_USAGE;
  let estimated = false;
  let attempts = 0;
  try {
    const spoken = await postJson(
      target,
      payload,
      (said) => {
        const answer = parse(said);
        // Counted before it is judged: a text of no use is paid for too.
        attempts++;
        estimated ||= answer.usage === undefined;
        usage = addUsage(usage, answer.usage ?? estimateUsage(messages, answer.content));
        return judge(answer);
      },
      policy,
    );
    return { ...spoken, usage, estimated, attempts };
  } catch (error) {
    throw isCallError(error) && attempts > 0 && !estimated ? error.withUsage(usage) : error;
  }
}

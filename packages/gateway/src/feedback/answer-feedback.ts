import { messageOf } from '@routeprofile/schema';
import type { KeyConfig } from '../config/config.js';
import type { Feedback, FeedbackFate } from '../contracts/store.js';
import { LOCAL_TENANT, type Serving } from '../serve/context.js';
import type { Exchange, Reply } from '../serve/exchange.js';
import { readJson } from '../serve/read-body.js';
import { Refused } from '../serve/refused.js';
import { jsonResponse } from '../serve/responses.js';

import { keepFeedback } from './keep-feedback.js';
import { readFeedback, type GivenFeedback } from './read-feedback.js';
import { scoreOf } from './score-of.js';

/** Bytes of feedback at most. */
const MOST_BYTES = 1_000_000;

/** Pieces of feedback of one decision that are kept; what verifiers find comes on top. */
const MOST_PER_DECISION = 100;

const UNKNOWN = 'There is no such decision, or it is no longer kept.';
const FULL =
  `The decision has ${MOST_PER_DECISION} pieces of feedback, and no more are kept. ` +
  'Say it under the feedbackId of one of them, which it then replaces.';

/** What one piece of feedback came to. */
export interface FeedbackAnswer {
  /** Names the feedback among those of its decision. */
  feedbackId: string;
  decision: string;
  status: FeedbackFate;
  /** From 0 to 1; null for a word that stands for no number. */
  score: number | null;
  /** What whoever sent it should know. */
  note?: string;
}

/**
 * What is said without a name of its own is one thing per source and name: whoever says it again has changed their mind, and is
 * not a second judge.
 */
const derivedId = ({ source, name }: GivenFeedback): string => `${source} ${name}`;

/** `POST /v1/feedback`: what somebody thinks of answers that they were given. @throws Refused 400, 404, 409, 503 */
export async function answerFeedback(request: Exchange, key: KeyConfig | undefined, serving: Serving): Promise<Reply> {
  const { limits, feedback: settings } = serving.snapshot.config;
  const { value } = await readJson(request, {
    bodyBytes: Math.min(limits.bodyBytes, MOST_BYTES),
    inflatedBytes: Math.min(limits.inflatedBytes, MOST_BYTES),
  });
  const read = readFeedback(value);
  if ('wrong' in read) throw new Refused(400, 'bad_feedback', read.wrong);
  const tenant = key?.id ?? LOCAL_TENANT;
  const at = serving.clock.now();
  const all = read.said.map((one, i): Feedback => {
    const refused = (wrong: string) =>
      new Refused(400, 'bad_feedback', `${read.list ? `Item ${i + 1}: ` : ''}${wrong}`);
    const worth = scoreOf(one, settings);
    if ('wrong' in worth) throw refused(worth.wrong);
    const { id = derivedId(one), ...said } = one;
    const verifier = serving.verifying?.copied({ ...one, id });
    if (verifier !== undefined)
      throw refused(
        `What the verifier ${verifier} finds only the gateway says. Give your feedback another name, source or feedbackId.`,
      );
    return {
      ...said,
      id,
      tenant,
      at,
      ...(worth.score !== undefined && { score: worth.score }),
    };
  });
  const fates = await keptInOrder(all, serving);
  if (fates.every((fate) => fate === 'unknown')) throw new Refused(404, 'decision_not_found', UNKNOWN);
  if (fates.every((fate) => fate === 'full')) throw new Refused(409, 'feedback_full', FULL);
  const answers = all.map((said, i) => answerTo(said, fates[i]!));
  return jsonResponse(202, read.list ? { object: 'list', data: answers } : answers[0]);
}

/** What concerns one decision is kept one after the other, all else at once. @throws Refused 503 */
async function keptInOrder(all: readonly Feedback[], serving: Serving): Promise<FeedbackFate[]> {
  const fates: FeedbackFate[] = [];
  const before = new Map<string, Promise<void>>();
  for (const [i, said] of all.entries()) {
    const one = async () => void (fates[i] = await keepFeedback(said, serving, MOST_PER_DECISION));
    before.set(said.decision, (before.get(said.decision) ?? Promise.resolve()).then(one));
  }
  try {
    await Promise.all(before.values());
    return fates;
  } catch (error) {
    serving.logger?.warn(`feedback is not kept: ${messageOf(error)}`);
    throw new Refused(503, 'store_down', 'The feedback could not be kept. Send it again later: nothing counts twice.', {
      'retry-after': '5',
    });
  }
}

/** What a person should know of what became of their feedback. */
function noteOf({ score, value }: Feedback, status: FeedbackFate): string | undefined {
  if (status === 'unknown') return UNKNOWN;
  if (status === 'full') return FULL;
  if (score !== undefined) return undefined;
  return (
    `${JSON.stringify(value)} stands for no number, so that it is kept without a score and nothing is learned from it. ` +
    'What it is worth can be set in the gateway’s configuration: feedback.words.'
  );
}

function answerTo(said: Feedback, status: FeedbackFate): FeedbackAnswer {
  const { id, decision, score = null } = said;
  const note = noteOf(said, status);
  return { feedbackId: id, decision, status, score, ...(note !== undefined && { note }) };
}

import { issueText, z } from '@routeprofile/schema';
import { FEEDBACK_SOURCES, type Feedback } from '../contracts/store.js';
import { isFields } from '../wire/format.js';
import { DEFAULT_NAME } from './feedback-config.js';

/** Feedback as its sender says it, whichever tool's form it has. */
export interface GivenFeedback extends Pick<Feedback, 'decision' | 'name' | 'value' | 'source' | 'comment'> {
  /** What the sender calls it, so that sent again it is the same. */
  id?: string;
}

const id = z.string().min(1).max(200);
const name = z.string().min(1).max(200);
const comment = z.string().max(4_000).nullish();
const isValue = (one: unknown): boolean =>
  typeof one === 'string' ? one.length >= 1 && one.length <= 200 : typeof one === 'boolean' || Number.isFinite(one);
const value = z.custom<Feedback['value']>(isValue, 'expected a number, true, false, or a word of 1 to 200 characters');

const ownSchema = z
  .strictObject({
    /** Of the decision, as `x-routeprofile-id` says it. */
    id,
    name: name.default(DEFAULT_NAME),
    value,
    comment,
    source: z.enum(FEEDBACK_SOURCES).default('user'),
    feedbackId: id.optional(),
  })
  .transform(({ id: decision, feedbackId, comment, ...rest }) => given({ ...rest, decision }, feedbackId, comment));

/** A score as Langfuse takes it. Whatever else it says is not kept. */
const langfuseSchema = z
  .object({
    traceId: id,
    id: id.nullish(),
    name,
    value,
    dataType: z.enum(['NUMERIC', 'BOOLEAN', 'CATEGORICAL']).nullish(),
    comment,
    source: z.enum(['API', 'ANNOTATION', 'EVAL']).nullish(),
  })
  .superRefine(({ dataType, value }, ctx) => {
    const expected =
      dataType === 'CATEGORICAL' && typeof value !== 'string'
        ? 'a word'
        : dataType === 'NUMERIC' && typeof value !== 'number'
          ? 'a number'
          : dataType === 'BOOLEAN' && typeof value !== 'boolean' && value !== 0 && value !== 1
            ? '0 or 1'
            : undefined;
    if (expected) ctx.addIssue({ code: 'custom', path: ['value'], message: `expected ${expected}, as dataType says` });
  })
  .transform(({ traceId, id, name, value, dataType, comment, source }) =>
    given(
      {
        decision: traceId,
        name,
        value: dataType === 'BOOLEAN' ? value === true || value === 1 : value,
        source: source === 'EVAL' ? 'model' : 'user',
      },
      id,
      comment,
    ),
  );

/** Feedback as LangSmith takes it. Whatever else it says is not kept. */
const langsmithSchema = z
  .object({
    run_id: id,
    id: id.nullish(),
    key: name,
    score: z.union([z.number(), z.boolean()]).nullish(),
    value: value.nullish(),
    comment,
    feedback_source: z.object({ type: z.string().nullish() }).nullish(),
  })
  .transform(({ run_id, id, key, score, value, comment, feedback_source }, ctx) => {
    const said = score ?? value;
    if (said !== undefined && said !== null)
      return given(
        { decision: run_id, name: key, value: said, source: feedback_source?.type === 'model' ? 'model' : 'user' },
        id,
        comment,
      );
    ctx.addIssue({ code: 'custom', path: ['score'], message: 'expected a score or a value' });
    return z.NEVER;
  });

const given = (
  said: Omit<GivenFeedback, 'id' | 'comment'>,
  id: string | null | undefined,
  comment: string | null | undefined,
): GivenFeedback => ({
  ...said,
  ...(id !== undefined && id !== null && { id }),
  ...(comment !== undefined && comment !== null && comment !== '' && { comment }),
});

/** A form that feedback may have, by the member that no other has. */
function schemaOf(one: unknown): z.ZodType<GivenFeedback> {
  if (!isFields(one)) return ownSchema;
  return Object.hasOwn(one, 'run_id') ? langsmithSchema : Object.hasOwn(one, 'traceId') ? langfuseSchema : ownSchema;
}

/** Pieces of feedback in one request. */
const MOST = 1_000;

/** What a body says: feedback as read, or what is wrong with the first that is wrong. */
export type ReadFeedback = { said: readonly GivenFeedback[]; list: boolean } | { wrong: string };

/**
 * Reads feedback: one piece or a list, in our form, Langfuse's (`traceId`) or LangSmith's (`run_id`).
 * @param body JSON that was parsed
 */
export function readFeedback(body: unknown): ReadFeedback {
  const list = Array.isArray(body);
  const all: readonly unknown[] = list ? body : [body];
  if (all.length === 0) return { wrong: 'The list is empty.' };
  if (all.length > MOST) return { wrong: `The list has ${all.length} pieces of feedback, and may have ${MOST}.` };
  const said: GivenFeedback[] = [];
  for (const [i, one] of all.entries()) {
    const read = schemaOf(one).safeParse(one);
    if (!read.success) return { wrong: `${list ? `Item ${i + 1}: ` : ''}${issueText(read.error.issues[0]!)}.` };
    said.push(read.data);
  }
  return { said, list };
}

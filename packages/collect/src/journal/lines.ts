import { usageSchema, z } from '@routeprofile/schema';

const count = z.number().min(0);

/** Which call a line is of. */
const call = {
  /** Hash of the model with its settings and of what it is asked: the same call has the same key in every run. */
  key: z.string().min(1),
  /** Counts the calls of a key, from 0. */
  attempt: z.number().int().min(0),
  /** The item's id, and the model's. */
  query: z.string(),
  model: z.string(),
};

/** A call is about to be sent. While no other line ends it, it may have been paid for. */
const startedSchema = z.looseObject({
  type: z.literal('started'),
  ...call,
  /** Dollars that it takes at most. */
  bound: count,
});

/** An answer came. */
export const answeredSchema = z.looseObject({
  type: z.literal('answered'),
  ...call,
  text: z.string(),
  /** The token limit ended it. */
  truncated: z.boolean(),
  usage: usageSchema,
  /** The counts are ours, not the server's. */
  estimated: z.boolean(),
  /** Dollars by usage and price; null without a price. */
  cost: count.nullable(),
  /** Dollars that count in the budget: the cost, or the bound where the counts are ours; 0 of an answer taken from elsewhere. */
  charged: count,
  /** Seconds; null when it was not measured. */
  latency: count.nullable(),
  /** The file that it was taken from. */
  reusedFrom: z.string().optional(),
});
/** An answer as the journal keeps it. */
export type Answered = z.infer<typeof answeredSchema>;

/** No answer of use came. */
const failedSchema = z.looseObject({
  type: z.literal('failed'),
  ...call,
  fault: z.string(),
  message: z.string(),
  /** An answer came all the same: a refusal, or one of no use. */
  came: z.boolean(),
  charged: count,
});
/** A call that came to nothing, as the journal keeps it. */
export type FailedCall = z.infer<typeof failedSchema>;

/** A line of `answers.jsonl`. */
export const journalLineSchema = z.discriminatedUnion('type', [startedSchema, answeredSchema, failedSchema]);
/** A line of `answers.jsonl`. */
export type JournalLine = z.infer<typeof journalLineSchema>;

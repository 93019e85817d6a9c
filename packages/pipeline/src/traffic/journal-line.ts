import { requirementsSchema, z } from '@routeprofile/schema';

/** What is read of a decision of the gateway. The rest of its record is of no interest here. */
const recordSchema = z.looseObject({
  id: z.string().min(1),
  /** Milliseconds since 1970. */
  at: z.number(),
  wire: z.string(),
  route: z.string().nullable(),
  router: z.looseObject({ strategy: z.string(), encoder: z.string().nullable() }).nullable(),
  /** What the gateway alone knows of, such as the wire, is passed over. */
  requirements: requirementsSchema.omit({ wire: true }),
  text: z.string().optional(),
  /** Little-endian float32 in base64. */
  vector: z.base64().optional(),
  ranked: z.array(z.looseObject({ model: z.string() })),
  model: z.string(),
  propensity: z.number().gt(0).max(1),
  reasons: z.array(z.looseObject({ kind: z.string() })),
  attempts: z.array(z.looseObject({ candidate: z.string(), cost: z.number().min(0).optional() })),
  served: z.string().nullable(),
});
export type JournalRecord = z.infer<typeof recordSchema>;

const saidSchema = z.looseObject({
  /** Said again under the same id, it replaces what was said. */
  id: z.string(),
  decision: z.string(),
  name: z.string(),
  source: z.string(),
  score: z.number().min(0).max(1).optional(),
});
export type JournalFeedback = z.infer<typeof saidSchema>;

/** Lines that hold money, and nothing of decisions. */
const MONEY = new Set<unknown>(['reserved', 'settled']);

const envelopeSchema = z.looseObject({
  type: z.string().optional(),
  record: z.unknown().optional(),
  said: z.unknown().optional(),
  feedback: z.array(saidSchema).default([]),
});

/** What a line holds: a decision, what was said of decisions, or neither. */
export interface JournalLine {
  record?: JournalRecord;
  said: readonly JournalFeedback[];
}

/**
 * A line of a journal; or a decision by itself, such as `GET /v1/decisions/{id}` gives it, with a list `feedback` or without.
 * @throws ZodError for a line that is none of these
 */
export function readJournalLine(value: unknown): JournalLine {
  const { type, record, said, feedback } = envelopeSchema.parse(value);
  if (MONEY.has(type)) return { said: [] };
  if (type === 'feedback') return { said: [saidSchema.parse(said)] };
  return { record: recordSchema.parse(record ?? value), said: feedback };
}

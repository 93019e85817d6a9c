import { z } from '@routeprofile/schema';
import { decisionRecordSchema } from '../contracts/record.js';
import { feedbackSchema } from '../contracts/store.js';

const units = z.number().int().min(0);

/** A line of the journal. */
export const journalLineSchema = z.discriminatedUnion('type', [
  /** Money is held back; while no other line settles it, it counts in full. */
  z.object({
    type: z.literal('reserved'),
    id: z.string(),
    scope: z.string(),
    per: z.enum(['hour', 'day', 'month']),
    /** The window it counts in. */
    window: z.string(),
    /** Billionths of a dollar. */
    units,
  }),
  /** What was spent of what was held. */
  z.object({ type: z.literal('settled'), id: z.string(), units }),
  z.object({ type: z.literal('decision'), record: decisionRecordSchema }),
  z.object({ type: z.literal('feedback'), said: feedbackSchema }),
]);
/** A line of the journal. */
export type JournalLine = z.infer<typeof journalLineSchema>;

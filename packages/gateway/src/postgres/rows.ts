import { issueText, plural, type Logger, type z } from '@routeprofile/schema';
import { decisionRecordSchema, type DecisionRecord } from '../contracts/record.js';
import { feedbackSchema, type Feedback } from '../contracts/store.js';

/** Reads rows, and passes over those that a newer version wrote in a way that is not known here. */
export interface RowReader {
  /** @returns undefined for one that cannot be read */
  record(value: unknown): DecisionRecord | undefined;
  /** Those that can be read. @param decision its id, or its number */
  feedback(values: readonly unknown[], decision: string): Feedback[];
  /** Says how many could not be read since it was last asked to. @param each whether it says so each time, and not just the first */
  tell(each?: boolean): void;
}

/**
 * While replicas are updated one after the other, older ones read what newer ones write. What cannot be read stays in the database, and must
 * not keep the rest from being read.
 */
export function createRowReader(logger: Logger | undefined): RowReader {
  let passed = 0;
  let first = '';
  let told = false;
  const read = <T extends z.ZodType>(schema: T, value: unknown, name: () => string): z.output<T> | undefined => {
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    if (passed++ === 0) first = `${name()}: ${issueText(parsed.error.issues[0]!)}`;
    return undefined;
  };
  const idOf = (value: unknown): string => {
    const id: unknown = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
    return typeof id === 'string' ? id : 'without an id';
  };
  return {
    record: (value) => read(decisionRecordSchema, value, () => `decision ${idOf(value)}`),
    feedback: (values, decision) =>
      values.flatMap((value) => read(feedbackSchema, value, () => `feedback ${idOf(value)} of ${decision}`) ?? []),
    tell(each = false) {
      if (passed > 0 && (each || !told)) {
        told = true;
        logger?.warn(
          `Postgres: ${plural(passed, 'row')} that a newer version wrote cannot be read here and ${passed === 1 ? 'is' : 'are'} passed over; they stay in the database. Update this gateway too (first: ${first})`,
        );
      }
      passed = 0;
    },
  };
}

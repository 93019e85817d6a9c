import { decisionRecordSchema, type DecisionRecord } from '../contracts/record.js';
import type { Feedback, FeedbackFate, Labelled } from '../contracts/store.js';
import { feedbackFate, noteFeedback } from './note-feedback.js';

interface Kept {
  at: number;
  tenant: string;
  /** The record as JSON: a text is kept and moved at a tenth of the price of what it says. */
  json: string;
  feedback: Feedback[];
}

/** The last decisions, and what was said of them. */
export interface Decisions {
  /** @returns the record as JSON; undefined for one that is here already */
  add(record: DecisionRecord): string | undefined;
  /** Takes back what was added and could not be kept. */
  forget(id: string): void;
  find(id: string): DecisionRecord | undefined;
  /** As `StateStore.latest`. */
  latest(tenant: string, count: number): DecisionRecord[];
  /** What would become of feedback, as of `StateStore.feedback`. */
  fateOf(said: Feedback, most?: number): FeedbackFate;
  /** Keeps feedback, however much there is of its decision. */
  note(said: Feedback): FeedbackFate;
  /** As `StateStore.said`. */
  said(decision: string): readonly Feedback[];
  /** As `StateStore.read`. */
  read(from?: string): Iterable<Labelled>;
}

const recordOf = ({ json }: Kept): DecisionRecord => decisionRecordSchema.parse(JSON.parse(json));

/** @param maxRecords decisions that are kept, at least 1; the oldest are forgotten first */
export function createDecisions(maxRecords: number): Decisions {
  const records = new Map<string, Kept>();
  // Goes on from one id to the next: begun anew, it would pass all that were deleted before it each time.
  const ages = records.keys();
  let added = 0;
  /** The decision that something is said of, where it is of the same tenant. */
  const ownOf = ({ decision, tenant }: Feedback): Kept | undefined => {
    const kept = records.get(decision);
    return kept?.tenant === tenant ? kept : undefined;
  };
  return {
    add(record) {
      if (records.has(record.id)) return undefined;
      const json = JSON.stringify(record);
      records.set(record.id, { at: ++added, tenant: record.tenant, json, feedback: [] });
      const oldest = records.size > maxRecords ? ages.next() : undefined;
      if (oldest?.done === false) records.delete(oldest.value);
      return json;
    },
    forget: (id) => void records.delete(id),
    find(id) {
      const kept = records.get(id);
      return kept && recordOf(kept);
    },
    latest(tenant, count) {
      const own = [...records.values()].filter((kept) => kept.tenant === tenant);
      return own.slice(-count).reverse().map(recordOf);
    },
    fateOf(said, most) {
      const kept = ownOf(said);
      return kept === undefined ? 'unknown' : feedbackFate(kept.feedback, said, most);
    },
    note(said) {
      const kept = ownOf(said);
      return kept === undefined ? 'unknown' : noteFeedback(kept.feedback, said);
    },
    said: (decision) => [...(records.get(decision)?.feedback ?? [])],
    *read(from = '0') {
      const after = Number(from);
      for (const kept of records.values())
        if (kept.at > after) yield { cursor: String(kept.at), record: recordOf(kept), feedback: [...kept.feedback] };
    },
  };
}

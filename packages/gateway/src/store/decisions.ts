import type { DecisionRecord } from '../contracts/record.js';
import type { Feedback, Labelled } from '../contracts/store.js';

interface Kept {
  at: number;
  record: DecisionRecord;
  feedback: Feedback[];
}

/** The last decisions, and what was said of them. */
export interface Decisions {
  /** @returns false for one that is here already */
  add(record: DecisionRecord): boolean;
  find(id: string): DecisionRecord | undefined;
  /** As `StateStore.feedback`. */
  note(said: Feedback): 'stored' | 'duplicate' | 'unknown';
  /** As `StateStore.read`. */
  read(from?: string): Iterable<Labelled>;
}

/** @param maxRecords decisions that are kept; the oldest are forgotten first */
export function createDecisions(maxRecords: number): Decisions {
  const records = new Map<string, Kept>();
  let added = 0;
  return {
    add(record) {
      if (records.has(record.id)) return false;
      records.set(record.id, { at: ++added, record, feedback: [] });
      const [oldest] = records.keys();
      if (records.size > maxRecords && oldest !== undefined) records.delete(oldest);
      return true;
    },
    find: (id) => records.get(id)?.record,
    note(said) {
      const kept = records.get(said.decision);
      if (kept === undefined || kept.record.tenant !== said.tenant) return 'unknown';
      if (kept.feedback.some(({ id }) => id === said.id)) return 'duplicate';
      kept.feedback.push(said);
      return 'stored';
    },
    *read(from = '0') {
      const after = Number(from);
      for (const { at, record, feedback } of records.values())
        if (at > after) yield { cursor: String(at), record, feedback: [...feedback] };
    },
  };
}

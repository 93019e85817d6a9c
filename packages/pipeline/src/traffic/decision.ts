import type { Requirements } from '@routeprofile/schema';

/** A decision of live traffic that was followed, and what came of it. */
export interface LoggedDecision {
  id: string;
  /** Milliseconds since 1970; null where the log does not say. */
  at: number | null;
  /** The text that was routed, where the log keeps it. */
  text?: string;
  /** The text's vector, where the log keeps it, and the encoder that made it. */
  vector?: { encoder: string; values: Float32Array };
  /** The model that was drawn, and answered. */
  model: string;
  /** Chance in (0, 1] with which it was drawn. */
  propensity: number;
  /** What the answer was worth, as it was judged; null where nobody did. */
  reward: number | null;
  /** Dollars of the answer; null where they are not known. */
  cost: number | null;
  /** What the request demanded of a model. */
  requirements?: Requirements;
  /** Models that could have answered; absent where the log does not say. */
  allowed?: readonly string[];
}

/** Decisions of a log that can be used, the oldest first, and what cannot. */
export interface DecisionLog {
  path: string;
  kind: 'journal' | 'outcomes';
  decisions: LoggedDecision[];
  /** Decisions that are left out, by the reason why. */
  leftOut: LeftOut[];
}

/** Rows that are left out for one reason. */
export interface LeftOut {
  /** Completes `12 are left out: …`. */
  reason: string;
  rows: number;
}

/** Which decisions of a log are used, and by what they are judged; all optional. */
export interface LogOptions {
  /** Only those of this route. */
  route?: string | undefined;
  /** Only those from then on: milliseconds since 1970. */
  since?: number | undefined;
  /** Names of the feedback that counts. Default: the only one that there is. */
  feedback?: readonly string[] | undefined;
  /** Who may have judged. Default: anybody. */
  sources?: readonly string[] | undefined;
  /** Decisions that are kept, the newest. Default 100,000. */
  most?: number | undefined;
}

/** Counts what is left out. */
export class LeftOutCounter {
  private readonly counts = new Map<string, number>();
  add(reason: string, rows = 1): void {
    if (rows > 0) this.counts.set(reason, (this.counts.get(reason) ?? 0) + rows);
  }
  /** The most frequent reason first. */
  list(): LeftOut[] {
    return [...this.counts].map(([reason, rows]) => ({ reason, rows })).sort((a, b) => b.rows - a.rows);
  }
}

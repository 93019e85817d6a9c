import { someOf } from '../dataset/text.js';
import type { Join, JoinedRole } from './join.js';
import type { CompleteImportOptions } from './options.js';
import type { PresetCall } from './presets/preset.js';
import type { Role } from './roles.js';
import { SaidScores } from './said-scores.js';
import { isFlag, isLowGood, ScoreNames } from './score-names.js';
import type { SystemParts } from './systems.js';
import { Units } from './units.js';

const countOne = (counts: Map<string, number>, key: string): void => void counts.set(key, (counts.get(key) ?? 0) + 1);

/** What recipes of several files have in common, and what was left out or chosen on the way. */
export class Choices {
  /** Second files, by what they give. */
  readonly joins: Partial<Record<JoinedRole, Join>> = {};

  /** Why there was no call in a record, and in how many. */
  readonly skipped = new Map<string, number>();
  /** What was left out of calls or chosen, and of how many. */
  readonly notes = new Map<string, number>();
  /** Judgements that stand in records of their own. */
  readonly said = new SaidScores();
  /** Names of scores, counted before one is read of all records. */
  readonly names = new ScoreNames();
  readonly units: Units;
  /** Roles whose field, which was asked for, some record of a preset has. */
  readonly reached = new Set<Role>();
  /** Of each task, the variant that is read, and the score where names were not counted. */
  private readonly variants = new Map<unknown, string>();
  private readonly scores = new Map<unknown, string>();
  readonly variantsRead = new Set<string>();
  readonly variantsLeft = new Map<string, number>();
  readonly scoresRead = new Set<string>();
  readonly scoresLeft = new Set<string>();

  /** The name or path of the score that was asked for. */
  readonly score: string | undefined;
  /** The variant, likewise. */
  private readonly variant: string | undefined;

  constructor({ variant, columns, latencyUnit }: CompleteImportOptions) {
    this.variant = variant;
    this.score = columns.score;
    this.units = new Units(latencyUnit);
  }

  skip(reason: string): void {
    countOne(this.skipped, reason);
  }

  note(note: string): void {
    countOne(this.notes, note);
  }

  /** Of several readings of the same answers, one per task: the first. Of several ways of running a model all, unless one was asked for. */
  takes({ variant, system, task }: PresetCall): boolean {
    if (variant === undefined) return this.variant === undefined || this.takesSystem(system, this.variant);
    if (!this.variants.has(task)) this.variants.set(task, this.variant ?? variant);
    if (this.variants.get(task) === variant) {
      this.variantsRead.add(variant);
      return true;
    }
    countOne(this.variantsLeft, variant);
    return false;
  }

  private takesSystem(system: SystemParts | undefined, asked: string): boolean {
    const parts = Object.values(system ?? {});
    if (parts.includes(asked)) {
      this.variantsRead.add(asked);
      return true;
    }
    countOne(this.variantsLeft, parts[0] ?? 'others');
    return false;
  }

  /** What can be done where no score was read: undefined where there is none of any name. */
  hint(): string | undefined {
    if (this.scoresLeft.size === 0) return undefined;
    const why = (name: string): string =>
      isLowGood(name)
        ? ' (low may be the good end)'
        : isFlag(name)
          ? ' (may say no more than that the call worked)'
          : '';
    return `Scores of other names are there: ${someOf([...this.scoresLeft].map((name) => `${name}${why(name)}`))}. --score NAME takes one; --scores FILE brings others.`;
  }

  /** Of several scores the one that was asked for, else the best name of all records, else the first of each task. */
  scoreOf({ scores: given, flags, score, task }: PresetCall): unknown {
    if (given === undefined) return this.score === undefined ? score : undefined;
    const scores = { ...given, ...flags };
    const names = Object.keys(scores);
    const first = this.scores.get(task) ?? names.find((name) => !isLowGood(name));
    if (first !== undefined) this.scores.set(task, first);
    const chosen = this.score ?? (this.names.any ? this.names.best() : first);
    if (chosen !== undefined && names.includes(chosen)) this.scoresRead.add(chosen);
    for (const name of names) if (name !== chosen) this.scoresLeft.add(name);
    return chosen === undefined ? undefined : scores[chosen];
  }
}

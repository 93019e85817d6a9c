import { judgedWorth, RouteProfileError } from '@routeprofile/schema';
import type { LogOptions } from './decision.js';
import type { JournalFeedback } from './journal-line.js';

/** What was said of decisions, and which of it counts. */
export class Judgements {
  /** By decision and by the feedback's id, in the order in which it was said: what is said again replaces what was said. */
  private readonly said = new Map<string, Map<string, JournalFeedback>>();

  constructor(private readonly options: Pick<LogOptions, 'feedback' | 'sources'>) {}

  add(one: JournalFeedback): void {
    const known = this.said.get(one.decision) ?? new Map<string, JournalFeedback>();
    known.delete(one.id);
    this.said.set(one.decision, known.set(one.id, one));
  }

  /**
   * @returns what an answer was worth by what counts of what was said (`judgedWorth`); null where nothing does
   * @throws RouteProfileError BAD_OPTION where several names could be meant, or none of those given occurs
   */
  rewards(path: string): (decision: string) => number | null {
    const wanted = this.namesThatCount(path);
    return (decision) => {
      const said = [...(this.said.get(decision)?.values() ?? [])];
      return judgedWorth(said.filter((one) => this.isTrusted(one) && wanted.has(one.name))) ?? null;
    };
  }

  private isTrusted({ source }: JournalFeedback): boolean {
    return this.options.sources?.includes(source) ?? true;
  }

  private namesThatCount(path: string): ReadonlySet<string> {
    const counts = new Map<string, number>();
    for (const all of this.said.values())
      for (const one of all.values())
        if (one.score !== undefined && this.isTrusted(one)) counts.set(one.name, (counts.get(one.name) ?? 0) + 1);
    const listed = [...counts].map(([name, count]) => `${name} (${count})`).join(', ');
    const { feedback } = this.options;
    const missing = feedback?.filter((name) => !counts.has(name)) ?? [];
    if (missing.length > 0)
      throw new RouteProfileError('BAD_OPTION', `${path}: there is no feedback called ${missing.join(', ')}`, {
        hint: counts.size > 0 ? `There is: ${listed}.` : 'There is no feedback that counts at all.',
      });
    if (feedback === undefined && counts.size > 1)
      throw new RouteProfileError('BAD_OPTION', `${path}: several kinds of feedback could be meant: ${listed}`, {
        hint: 'Say what is to be improved: --feedback NAME; of several names, with commas between, the mean counts.',
      });
    return new Set(feedback ?? counts.keys());
  }
}

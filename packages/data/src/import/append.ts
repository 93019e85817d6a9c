import { queryTextOf, RouteProfileError } from '@routeprofile/schema';
import { Problems } from '../disk/problems.js';
import { readJsonLines } from '../disk/jsonl.js';
import type { Grouper, Query } from './group/group.js';
import { isFields } from './paths.js';
import { compareWithKept } from './rows.js';
import type { ScoreReader } from './scores.js';

const textOf = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? value : null);

/** The rows of a dataset that calls are added to. */
export class Appending {
  /** Rows that were there. */
  rows = 0;
  /** Outcomes that were there already, and are the same. */
  same = 0;
  /** New queries without a split, in a dataset whose rows have one. */
  unsplit = 0;
  private hasSplits = false;
  private readonly problems = new Problems();

  constructor(private readonly file: string) {}

  /** Hands the rows that are there to the grouper. @throws RouteProfileError BAD_INPUT for a row without id, query or models. */
  async keepRows(grouper: Grouper, signal: AbortSignal | undefined): Promise<void> {
    for await (const { line, value } of readJsonLines(this.file, { ...(signal && { signal }) })) {
      const read = isFields(value) ? queryTextOf(value['query']) : null;
      const id = isFields(value) ? textOf(value['id']) : null;
      if (!isFields(value) || read === null || id === null || !isFields(value['models']))
        throw new RouteProfileError('BAD_INPUT', `${this.file}: line ${line}: is not a row with id, query and models`, {
          hint: 'Look at it with data check before anything is added.',
        });
      await grouper.keep(value, { query: read.text, task: textOf(value['task']), split: textOf(value['split']), id });
      if (textOf(value['split']) !== null) this.hasSplits = true;
      this.rows++;
    }
  }

  /** Looks for contradictions between what was there and what is added. */
  see(query: Query, scores: ScoreReader): void {
    if (query.kept === undefined) {
      if (this.hasSplits && query.split === null) this.unsplit++;
      return;
    }
    const { same, conflicts } = compareWithKept(query, scores);
    this.same += same;
    for (const conflict of conflicts) this.problems.add(this.file, `id ${JSON.stringify(query.ids[0])}`, conflict);
  }

  /** @throws RouteProfileError BAD_INPUT with every outcome that is there with other values. */
  assertAgrees(): void {
    this.problems.throwIfAny(
      'append',
      'BAD_INPUT',
      'Nothing was written. Correct one of the two, leave these calls out, or import everything at once with --replace.',
    );
  }
}

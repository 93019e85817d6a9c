import { RouteProfileError } from '@routeprofile/schema';
import { someOf } from '../dataset/text.js';
import { likelyScale, PERCENT, toUnit, type OwnWords, type Scale } from './scale.js';
import type { Cells, CellScore } from './values.js';

interface Range {
  least: number;
  most: number;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
/** Beyond doubt: well beyond any other usual scale, and no model lies in 0 to 1 as a whole, as if it were on another. */
const arePercents = (ranges: readonly Range[]): boolean =>
  Math.max(...ranges.map(({ most }) => most)) > 50 && ranges.every(({ most }) => most === 0 || most > 1);
const inUnit = ({ least, most }: Range): boolean => least >= 0 && most <= 1;

/** Reads scores on one scale, and remembers which ranges they had. */
export class ScoreReader {
  /** Scores in words other than true and false: how many of which. */
  readonly words = new Map<string, { count: number; score: number }>();
  private readonly ranges = new Map<string, Range>();

  /** @param given undefined: scores have to lie in 0 to 1, or be percentages beyond doubt */
  constructor(
    private readonly given: Scale | 'as-is' | undefined,
    private readonly ownWords: OwnWords = new Map(),
  ) {}

  /** The scale that a preset knows its scores to be on, unless they all lie in 0 to 1. */
  usual: Scale | undefined;

  /**
   * A score as the table has it, and whether that is 0 to 1 whatever the table's scale; null when there is none.
   */
  read(cells: Cells, column: string | undefined, model: string): CellScore | null {
    const score = cells.score(column, this.ownWords);
    if (score === null) return null;
    if (score.word !== undefined && !/^(?:true|false)$/i.test(score.word)) {
      const known = this.words.get(score.word) ?? { count: 0, score: score.value };
      this.words.set(score.word, { ...known, count: known.count + 1 });
    }
    if (score.onUnit) return score;
    const range = this.ranges.get(model);
    this.ranges.set(model, {
      least: Math.min(score.value, range?.least ?? score.value),
      most: Math.max(score.value, range?.most ?? score.value),
    });
    const { given } = this;
    if (given === undefined || given === 'as-is' || toUnit(score.value, given) !== null) return score;
    return cells.problem(column!, `is ${score.value}, outside the scale ${given.low} to ${given.high}`);
  }

  /** The scale that was given, or that all scores together speak of; undefined when they lie in 0 to 1. */
  private get scale(): Scale | 'as-is' | undefined {
    if (this.given !== undefined) return this.given;
    const ranges = [...this.ranges.values()];
    if (ranges.every(inUnit)) return undefined;
    const isPercent = ranges.every(({ least, most }) => least >= 0 && most <= PERCENT.high);
    return isPercent && (this.usual === PERCENT || arePercents(ranges)) ? PERCENT : undefined;
  }

  /** The scale was not given: it was told by the scores. */
  foundScale(): (Range & { scale: Scale }) | undefined {
    const { scale } = this;
    if (this.given !== undefined || scale === undefined || scale === 'as-is') return undefined;
    const ranges = [...this.ranges.values()];
    return {
      scale,
      least: Math.min(...ranges.map(({ least }) => least)),
      most: Math.max(...ranges.map(({ most }) => most)),
    };
  }

  /** A mean of scores as the table has them → 0 to 1, or as it is where that was asked for. */
  onUnit(mean: number): number {
    const { scale } = this;
    // A mean of scores on the scale lies on it but for rounding.
    return scale === undefined || scale === 'as-is'
      ? mean
      : Math.min(1, Math.max(0, (mean - scale.low) / (scale.high - scale.low)));
  }

  /** @throws RouteProfileError BAD_INPUT naming the range of scores beyond 0 to 1 that no scale was given for. */
  assertScale(file: string, column: string | undefined): void {
    if (this.scale !== undefined) return;
    const beyond = [...this.ranges].filter(([, range]) => !inUnit(range));
    if (beyond.length === 0) return;
    const least = Math.min(...beyond.map(([, range]) => range.least));
    const most = Math.max(...beyond.map(([, range]) => range.most));
    const within = [...this.ranges].filter(([, range]) => inUnit(range)).map(([model]) => model);
    const whose =
      within.length === 0
        ? ''
        : ` for ${someOf(beyond.map(([model]) => model))}, and within 0 to 1 for ${someOf(within)}`;
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file}: scores${column === undefined ? '' : ` in ${JSON.stringify(column)}`} run from ${short(least)} to ${short(most)}${whose}; without a scale they have to lie in 0 to 1`,
      {
        hint: `Say the scale they are on, such as --scale ${likelyScale(least, most)} (also: percent, 1-5, …), or keep them with --scale as-is. If they are not scores, name the right columns with ${column === undefined ? '--models A,B' : '--score'}.`,
      },
    );
  }

  /** Models whose scores all lie in 0 to 1, while the scale goes far beyond and other models use it. */
  onAnotherScale(): string[] {
    const { scale } = this;
    if (scale === undefined || scale === 'as-is' || scale.high <= 1 || scale.low > 0) return [];
    const suspects = [...this.ranges].filter(([, range]) => inUnit(range) && range.most > 0);
    return suspects.length === this.ranges.size && scale !== PERCENT ? [] : suspects.map(([model]) => model);
  }
}

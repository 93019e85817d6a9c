import { RouteProfileError } from '@routeprofile/schema';
import { someOf } from '../dataset/text.js';
import { likelyScale, PERCENT, toUnit, type Scale } from './scale.js';
import type { Cells } from './values.js';

interface Range {
  least: number;
  most: number;
}

const short = (value: number): string => String(Number(value.toPrecision(4)));
const inUnit = ({ least, most }: Range): boolean => least >= 0 && most <= 1;

/** Reads scores on one scale, and remembers which ranges they had. */
export class ScoreReader {
  /** Scores in words other than true and false: how many of which. */
  readonly words = new Map<string, { count: number; score: number }>();
  private readonly ranges = new Map<string, Range>();

  /** @param scale undefined: scores have to lie in 0 to 1 */
  constructor(private readonly scale: Scale | 'as-is' | undefined) {}

  /** A score in 0 to 1, or as it is where that was asked for; null when there is none. */
  read(cells: Cells, column: string | undefined, model: string): number | null {
    const score = cells.score(column);
    if (score === null) return null;
    if (score.word !== undefined && !/^(?:true|false)$/i.test(score.word)) {
      const known = this.words.get(score.word) ?? { count: 0, score: score.value };
      this.words.set(score.word, { ...known, count: known.count + 1 });
    }
    if (score.onUnit) return score.value;
    const range = this.ranges.get(model);
    this.ranges.set(model, {
      least: Math.min(score.value, range?.least ?? score.value),
      most: Math.max(score.value, range?.most ?? score.value),
    });
    if (this.scale === undefined || this.scale === 'as-is') return score.value;
    return (
      toUnit(score.value, this.scale) ??
      cells.problem(column!, `is ${score.value}, outside the scale ${this.scale.low} to ${this.scale.high}`)
    );
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

import { RouteProfileError } from '@routeprofile/schema';
import { someOf } from '../dataset/text.js';
import { likelyScale, PERCENT, toUnit, type GivenScales, type OwnWords, type Scale } from './scale.js';
import type { Cells, CellScore } from './values.js';

interface Range {
  least: number;
  most: number;
}

/** Whose score it is: who may have a scale of their own. */
const ORIGINS = ['model', 'source', 'file'] as const;
type Origin = (typeof ORIGINS)[number];
export type ScoreOrigin = Readonly<Record<Origin, string>>;

type Task = string | null;
type Ranges = ReadonlyMap<string, Range>;
/** Ranges of one task's scores. */
type TaskRanges = Readonly<Record<Origin, Map<string, Range>>>;

const short = (value: number): string => String(Number(value.toPrecision(4)));
const inUnit = ({ least, most }: Range): boolean => least >= 0 && most <= 1;
/** Zeros are the same on every scale. */
const isUnit = (range: Range): boolean => inUnit(range) && range.most > 0;
const union = (ranges: Iterable<Range>): Range => {
  const all = [...ranges];
  return { least: Math.min(...all.map(({ least }) => least)), most: Math.max(...all.map(({ most }) => most)) };
};
const rangeOf = ({ model }: TaskRanges): Range => union(model.values());
const nameOf = (task: Task): string => task ?? 'rows without a task';
const namesWhere = (ranges: Ranges, fits: (range: Range) => boolean): string[] =>
  [...ranges].filter(([, range]) => fits(range)).map(([name]) => name);

/** No other usual scale goes that far, and a task that ends at 10 may be on one of them. */
const PERCENT_MOST = 50;
const OTHER_MOST = 10;
/** Sources of a task that are told apart: there may be as many as users. */
const MOST_SOURCES = 1000;

/** Reads scores, each task's on a scale of its own, and remembers which ranges they had. */
export class ScoreReader {
  /** Scores in words other than true and false: how many of which. */
  readonly words = new Map<string, { count: number; score: number }>();
  private readonly tasks = new Map<Task, TaskRanges>();
  /** Whether the tasks that go beyond 0 to 1 are on percentages; known when all scores are read. */
  private percent: boolean | undefined;
  /** What `scaleOf` found, for `onUnit` is asked once per outcome. */
  private readonly settled = new Map<Task, Scale | 'as-is' | undefined>();

  /** @param given of tasks without one, scores have to lie in 0 to 1, or be percentages beyond doubt */
  constructor(
    private readonly given: GivenScales = { tasks: new Map() },
    private readonly ownWords: OwnWords = new Map(),
  ) {}

  /** The scale that a preset knows its scores to be on, unless all of a task lie in 0 to 1. */
  usual: Scale | undefined;

  /**
   * A score as the table has it, and whether that is 0 to 1 whatever the table's scale; null when there is none.
   */
  read(cells: Cells, column: string | undefined, task: Task, origin: ScoreOrigin): CellScore | null {
    const score = cells.score(column, this.ownWords);
    if (score === null) return null;
    if (score.word !== undefined && !/^(?:true|false)$/i.test(score.word)) {
      const known = this.words.get(score.word) ?? { count: 0, score: score.value };
      this.words.set(score.word, { ...known, count: known.count + 1 });
    }
    if (score.onUnit) return score;
    const ranges = this.tasks.get(task) ?? { model: new Map(), source: new Map(), file: new Map() };
    this.tasks.set(task, ranges);
    const source =
      ranges.source.has(origin.source) || ranges.source.size < MOST_SOURCES ? origin.source : 'other sources';
    widen(ranges.model, origin.model, score.value);
    widen(ranges.file, origin.file, score.value);
    widen(ranges.source, source, score.value);
    const scale = this.givenFor(task);
    if (scale === undefined || scale === 'as-is' || toUnit(score.value, scale) !== null) return score;
    return cells.problem(column!, `is ${score.value}, outside the scale ${scale.low} to ${scale.high}`);
  }

  private givenFor(task: Task): Scale | 'as-is' | undefined {
    return (task === null ? undefined : this.given.tasks.get(task)) ?? this.given.others;
  }

  /** Tasks that no scale was given for, whose scores go beyond 0 to 1 or not. */
  private untold(beyond: boolean): [Task, TaskRanges][] {
    return [...this.tasks].filter(
      ([task, ranges]) => this.givenFor(task) === undefined && inUnit(rangeOf(ranges)) !== beyond,
    );
  }

  /**
   * Beyond doubt: well beyond any other usual scale, and within a task no model, source or file lies in 0 to 1 as a whole, as if it
   * were on another.
   */
  private get isPercent(): boolean {
    return (this.percent ??= this.arePercents(this.untold(true).map(([, ranges]) => ranges)));
  }

  private arePercents(tasks: readonly TaskRanges[]): boolean {
    const ranges = tasks.map(rangeOf);
    if (ranges.length === 0 || ranges.some(({ least, most }) => least < 0 || most > PERCENT.high)) return false;
    if (this.usual === PERCENT) return true;
    return (
      Math.max(...ranges.map(({ most }) => most)) > PERCENT_MOST &&
      (ranges.length === 1 || ranges.every(({ most }) => most > OTHER_MOST)) &&
      tasks.every((task) => mixedIn(task) === undefined)
    );
  }

  /** The scale that was given for a task, or that the scores speak of; undefined when they lie in 0 to 1. */
  private scaleOf(task: Task): Scale | 'as-is' | undefined {
    const given = this.givenFor(task);
    if (given !== undefined) return given;
    const ranges = this.tasks.get(task);
    return ranges !== undefined && !inUnit(rangeOf(ranges)) && this.isPercent ? PERCENT : undefined;
  }

  /** The scale was not given: it was told by the scores. `tasks` are on it, and `unit` beside them lie in 0 to 1. */
  foundScale(): (Range & { tasks: string[]; unit: string[] }) | undefined {
    const beyond = this.untold(true);
    if (beyond.length === 0) return undefined;
    const names = (tasks: readonly [Task, TaskRanges][]) => tasks.map(([task]) => nameOf(task));
    return {
      ...union(beyond.map(([, ranges]) => rangeOf(ranges))),
      tasks: names(beyond),
      unit: names(this.untold(false).filter(([, ranges]) => rangeOf(ranges).most > 0)),
    };
  }

  /** How a task's scores as the table has them become scores on 0 to 1, or as they are: (score − low) / span. */
  linear(task: Task): { low: number; span: number } {
    if (!this.settled.has(task)) this.settled.set(task, this.scaleOf(task));
    const scale = this.settled.get(task);
    return scale === undefined || scale === 'as-is'
      ? { low: 0, span: 1 }
      : { low: scale.low, span: scale.high - scale.low };
  }

  /** A mean of a task's scores as the table has them → 0 to 1, or as it is where that was asked for. */
  onUnit(mean: number, task: Task): number {
    const { low, span } = this.linear(task);
    const scale = this.settled.get(task);
    // A mean of scores on the scale lies on it but for rounding.
    return scale === undefined || scale === 'as-is' ? mean : Math.min(1, Math.max(0, (mean - low) / span));
  }

  /** @throws RouteProfileError BAD_INPUT naming the range of scores beyond 0 to 1 that no scale was given for, and their tasks. */
  assertScale(file: string, column: string | undefined): void {
    const beyond = this.untold(true);
    if (beyond.length === 0 || this.isPercent) return;
    const mixed = beyond.flatMap(([task, ranges]) => {
      const names = mixedIn(ranges);
      return names === undefined ? [] : [{ task, ...names }];
    })[0];
    const concerned = mixed === undefined ? beyond : beyond.filter(([task]) => task === mixed.task);
    const { least, most } = mixed ?? union(beyond.map(([, ranges]) => rangeOf(ranges)));
    const whose =
      mixed === undefined ? '' : ` for ${someOf(mixed.beyond)}, and within 0 to 1 for ${someOf(mixed.within)}`;
    const isPart = this.tasks.size > 1;
    const likely = concerned.map(([task, ranges]) => {
      const range = rangeOf(ranges);
      return `${isPart && task !== null ? `${task}=` : ''}${likelyScale(range.least, range.most)}`;
    });
    throw new RouteProfileError(
      'BAD_INPUT',
      `${file}: scores${column === undefined ? '' : ` in ${JSON.stringify(column)}`}${isPart ? ` of ${someOf(concerned.map(([task]) => nameOf(task)))}` : ''} run from ${short(least)} to ${short(most)}${whose}; without a scale they have to lie in 0 to 1`,
      {
        hint: `${mixed === undefined ? '' : 'If they are on several scales, put them on one first. '}Say the scale they are on, such as --scale ${likely.slice(0, 5).join(',')} (also: percent, 1-5, …; TASK=percent for one task), or keep them with --scale as-is. If they are not scores, name the right columns with ${column === undefined ? '--models A,B' : '--score'}.`,
      },
    );
  }

  /** Tasks, and models of the others, whose scores all lie in 0 to 1, while the scale goes far beyond and others use it. */
  onAnotherScale(): string[] {
    const scaled = [...this.tasks].flatMap(([task, ranges]) => {
      const scale = this.scaleOf(task);
      const isFar = scale !== undefined && scale !== 'as-is' && scale.high > 1 && scale.low <= 0;
      return isFar ? [{ task, ranges, isPercent: scale.high === PERCENT.high }] : [];
    });
    const within = scaled.filter(({ ranges }) => isUnit(rangeOf(ranges)));
    const isSome = within.length < scaled.length;
    const models = new Map<string, Range>();
    for (const { ranges } of isSome ? scaled.filter((one) => !within.includes(one)) : scaled)
      for (const [model, range] of ranges.model) models.set(model, union([range, models.get(model) ?? range]));
    const suspects = namesWhere(models, isUnit);
    const isAll = suspects.length === models.size && !scaled.some(({ isPercent }) => isPercent);
    return [...(isSome ? within.map(({ task }) => nameOf(task)) : []), ...(isAll ? [] : suspects)];
  }
}

function widen(ranges: Map<string, Range>, name: string, value: number): void {
  const range = ranges.get(name);
  if (range === undefined) ranges.set(name, { least: value, most: value });
  else if (value < range.least) range.least = value;
  else if (value > range.most) range.most = value;
}

/** Who of a task lies in 0 to 1 as a whole, while others go beyond. */
function mixedIn(task: TaskRanges): ({ beyond: string[]; within: string[] } & Range) | undefined {
  for (const kind of ORIGINS) {
    const within = namesWhere(task[kind], isUnit);
    const beyond = namesWhere(task[kind], (range) => !inUnit(range));
    if (within.length > 0 && beyond.length > 0)
      return { beyond, within, ...union(beyond.map((name) => task[kind].get(name)!)) };
  }
  return undefined;
}

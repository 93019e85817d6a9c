import { bestAndWorst, meanStanding, type Measurement, type Scores } from './scores.js';
import { list, measurementText, named, scoreText } from './words.js';

/** Names a fact tells of a side, at most. */
const NAMED = 3;

type NameOf = (index: number) => string;

/** Candidates if any of them is measured, else auxiliary models. */
export const comparable = (all: readonly Measurement[]): readonly Measurement[] => {
  const candidates = all.filter(({ auxiliary }) => !auxiliary);
  return candidates.length > 0 ? candidates : all;
};

/** `Of 21 tasks, strongest on A (88.67, 2nd of 8) and B …; weakest on C (1.33, 6th of 8).` */
export function modelFact(all: readonly Measurement[], taskName: NameOf): string[] {
  if (all.length === 0) return [];
  const name = (one: Measurement) => named(taskName(one.task), one);
  if (all.length === 1) return [`Measured on ${name(all[0]!)}.`];
  const { best, worst } = bestAndWorst(all, 2 * NAMED);
  const weakest = worst.length > 0 ? `, weakest on ${list(worst.toReversed().map(name))}` : '';
  return [`Of ${all.length} measured tasks it is strongest on ${list(best.map(name))}${weakest}.`];
}

/** The best and worst models of one source on a task, and their mean. */
export function taskFact(all: readonly Measurement[], modelName: NameOf): string[] {
  const sources = [all.filter(({ auxiliary }) => !auxiliary), all.filter(({ auxiliary }) => auxiliary)];
  return sources.flatMap((models, i) => {
    if (models.length === 0 || models[0]!.score === undefined) return [];
    const name = (one: Measurement) => named(modelName(one.model), one, false);
    const whose = i === 0 ? 'Here' : 'By numbers published elsewhere';
    if (models.length === 1) return [`${whose} ${name(models[0]!)} alone is measured.`];
    const { best, worst } = bestAndWorst(models, 2 * NAMED);
    const mean = models.reduce((sum, { score = 0 }) => sum + score, 0) / models.length;
    return [
      `${whose} ${list(best.map(name))} ${best.length > 1 ? 'do' : 'does'} best of ${models.length} models, ` +
        `${list(worst.toReversed().map(name))} worst; the mean is ${scoreText(mean)}.`,
    ];
  });
}

/** What a line about a task says of its models: `8 models score 1.33 to 90, best X`. */
export function taskSummary(scores: Scores, task: number, modelName: NameOf): string | undefined {
  const models = comparable(scores.ofTask(task));
  const [best, worst] = [models[0], models.at(-1)];
  if (best?.score === undefined || worst?.score === undefined) return undefined;
  if (models.length === 1) return `${modelName(best.model)} scores ${scoreText(best.score)}`;
  return (
    `${models.length} models score ${scoreText(worst.score)} to ${scoreText(best.score)}, ` +
    `best ${modelName(best.model)}, worst ${modelName(worst.model)}`
  );
}

/** What a line about a model says of its tasks: `mean standing 0.62, strongest on X (…), weakest on Y (…)`. */
export function modelSummary(scores: Scores, model: number, taskName: NameOf): string | undefined {
  const tasks = scores.ofModel(model);
  const [best, worst] = [tasks[0], tasks.at(-1)];
  if (best?.score === undefined || worst === undefined) return undefined;
  if (tasks.length === 1) return `${measurementText(best)} on ${taskName(best.task)}`;
  return (
    `mean standing ${meanStanding(tasks).toFixed(2)} of 1, strongest on ${named(taskName(best.task), best)}, ` +
    `weakest on ${named(taskName(worst.task), worst)}`
  );
}

/** Models by mean standing: who of them is best and worst overall. */
export function overallFact(
  standing: readonly { model: number; mean: number }[],
  modelName: NameOf,
  where: string,
): string[] {
  if (standing.length < 2) return [];
  const { best, worst } = bestAndWorst(standing, 2 * NAMED);
  const name = ({ model }: { model: number }) => modelName(model);
  return [`${where} ${list(best.map(name))} stand highest, ${list(worst.toReversed().map(name))} lowest.`];
}

import { plural, someOf } from '../dataset/text.js';
import type { Appending } from './append.js';
import type { Counts } from './calls.js';
import type { Plan } from './plan.js';
import type { Preset } from './presets/preset.js';
import type { Choices } from './choices.js';
import { isLowGood } from './score-names.js';
import type { ScoreReader } from './scores.js';
import type { Systems } from './systems.js';
import type { Tally } from './tally.js';
import type { TimeSplit } from './time-split.js';

/** All that an import did and that one may not expect. */
export interface Done {
  plan: Plan;
  /** What the files were read as, and how many each. */
  presets: ReadonlyMap<Preset, number>;
  /** Files that were found in a folder or by a pattern, and were not what the others are. */
  passedOver: readonly string[];
  /** How values were taken from paths. */
  fromPath: readonly string[];
  choices: Choices;
  models: readonly string[];
  counts: Counts;
  tally: Tally;
  scores: ScoreReader;
  /** Ids that stand for queries of different text or task. */
  sharedIds: readonly string[];
  /** Numbers that were read with a decimal comma. */
  commas: number;
  timeSplit: TimeSplit | undefined;
  systems: Systems;
  /** Texts that stood for several questions, and the calls whose query is all that was asked instead. */
  toldApart: { texts: number; calls: number };
  /** How the rows were drawn, where they are a sample, how many calls were drawn, and how many were not. */
  sample: { perTask: number; seed: number; drawn: number; others: number } | undefined;
  /** The dataset that the calls were added to. */
  appending: Appending | undefined;
}

const number = (value: number): string => value.toLocaleString('en-US');
/** "a call" of a table with a row per call, "a row" of one with a row per query. */
const rowsOf = ({ models }: Plan, count: number): string => plural(count, models.length > 0 ? 'row' : 'call');
const said = (is: boolean, text: () => string): string[] => (is ? [text()] : []);

/** What was put together, averaged, guessed or left out, each said once with its number. */
export function saidOf(done: Done): string[] {
  return [
    ...howRowsWereDrawn(done),
    ...howFilesWereRead(done),
    ...howColumnsWereRead(done),
    ...howModelsWereRun(done),
    ...howNumbersWereRead(done),
    ...whatWasMerged(done),
    ...whatIsMissing(done),
    ...(done.timeSplit?.warnings() ?? []),
    ...(done.appending === undefined
      ? productionLog(done)
      : whatWasAdded(done.appending, done.tally, done.timeSplit !== undefined)),
  ];
}

function whatWasAdded({ rows, same, unsplit }: Appending, { queries }: Tally, isCut: boolean): string[] {
  return [
    `Added to ${plural(rows, 'query', 'queries')} that were there: ${plural(queries - rows, 'new query', 'new queries')}${same > 0 ? `; ${plural(same, 'outcome')} that ${same === 1 ? 'was' : 'were'} there already, with the same values, ${same === 1 ? 'was' : 'were'} left as ${same === 1 ? 'it is' : 'they are'}` : ''}.`,
    ...said(
      unsplit > 0 && !isCut,
      () =>
        `${plural(unsplit, 'new query names', 'new queries name')} no split, as rows that were there do: ${unsplit === 1 ? 'it is' : 'they are'} not used until ${unsplit === 1 ? 'it has' : 'they have'} one (--default-split NAME).`,
    ),
  ];
}

function howRowsWereDrawn({ sample, tally, plan }: Done): string[] {
  if (sample === undefined) return [];
  const { perTask, seed, drawn, others } = sample;
  return [
    `A sample: drew ${number(drawn)} of ${rowsOf(plan, drawn + others)}, those of ${plural(tally.queries, 'query', 'queries')}, at most ${number(perTask)} per task and split, by seed ${seed}; each query has all of its outcomes.${others === 0 ? '' : ` The ${rowsOf(plan, others)} of other queries are summed up in meta.json by task and model. Task scores come from all, what is said of queries below from the sample.`}`,
  ];
}

function howFilesWereRead({ presets, passedOver, fromPath, choices }: Done): string[] {
  const skipped = [...choices.skipped].map(([reason, count]) => `${number(count)} ${reason}`);
  const variants = [...choices.variantsLeft].map(([name, count]) => `${name} (${number(count)})`);
  const [first] = presets.keys();
  const flags = choices.names.onlyWorked();
  const left = [...choices.scoresLeft].filter((name) => !flags.some(([flag]) => flag === name));
  return [
    ...[...presets].map(
      ([{ title, name }, files]) =>
        `Read as ${title}${files > 1 ? `, ${number(files)} files` : ''} (--preset ${name}; --preset none reads columns).`,
    ),
    ...said(fromPath.length > 0, () => `From the paths: ${fromPath.join('; ')}.`),
    ...said(
      passedOver.length > 0,
      () =>
        `${plural(passedOver.length, 'file was', 'files were')} passed over, not being of the same kind: ${someOf(passedOver)}.`,
    ),
    ...Object.values(choices.joins).flatMap((join) => [
      `${join.role === 'score' ? 'Scores' : 'Queries'} from ${join.file}: found for ${number(join.found)} of ${number(join.found + join.missing)} records${join.missing > 0 && join.role === 'score' ? ', the others count as not measured' : ''}${join.unused() > 0 ? `; ${number(join.unused())} of its ids fit no record` : ''}.`,
      ...said(
        join.repeated > 0 && join.role === 'score',
        () => `${plural(join.repeated, 'score')} of ${join.file} under an id that had one already: averaged.`,
      ),
    ]),
    ...said(skipped.length > 0, () => `Left out: ${skipped.join(', ')}.`),
    ...[...choices.notes].map(([note, count]) => `${note}: ${plural(count, 'call')}.`),
    ...said(
      variants.length > 0,
      () =>
        `Answers were read in several ways (${first?.variants ?? 'variant'}): ${[...choices.variantsRead].join(', ')} is imported, ${variants.join(', ')} left out (--variant NAME takes another).`,
    ),
    ...said(
      left.length > 0 && choices.score === undefined,
      () =>
        `There are several scores: ${someOf([...choices.scoresRead])} is read, ${someOf(left)} not (--score NAME takes another).`,
    ),
    ...said(
      left.length === 0 && choices.names.any && choices.scoresRead.size > 0 && !choices.scoresRead.has('score'),
      () => `The score is read from ${someOf([...choices.scoresRead])}.`,
    ),
    ...flags.map(
      ([name, count]) =>
        `${name} is true in each of the ${plural(count, 'answered call')} that have it: it says that the call worked, and is not read as a score (--score ${name} does).`,
    ),
    ...said(
      [...choices.scoresRead].some(isLowGood),
      () =>
        `A low ${someOf([...choices.scoresRead].filter(isLowGood))} is good, as the name says, and a high score counts as good here: was it turned around?`,
    ),
  ];
}

function howColumnsWereRead({ plan, counts, tally }: Done): string[] {
  const { columns, models, otherScores } = plan;
  const differ = tally.answersDiffer;
  return [
    ...said(
      models.length > 0 && plan.format === 'wide',
      () => `A row per query: ${plural(models.length, 'column')} taken as the scores of models: ${someOf(models, 20)}.`,
    ),
    ...said(
      otherScores.length > 0,
      () =>
        `The score is read from ${JSON.stringify(columns.score)}; ${someOf(otherScores.map((name) => JSON.stringify(name)))} ${otherScores.length === 1 ? 'looks like one' : 'look like scores'} too (--score COLUMN takes another).`,
    ),
    ...said(
      counts.omittedParts > 0,
      () =>
        `${plural(counts.omittedParts, 'part')} of messages without text (images, files, …): left out of ${rowsOf(plan, counts.omittedFrom)}; queries that differ only in such parts count as one.`,
    ),
    ...said(
      differ > 0,
      () =>
        `${plural(differ, 'query has', 'queries have')} rows that differ in ${JSON.stringify(columns.answer)}: the first is kept as the right answer. If the column holds the models' own answers, name another with --answer.`,
    ),
    ...said(
      counts.unreadTimes > 0,
      () =>
        `${plural(counts.unreadTimes, 'value is not a time', 'values are not times')} in ${JSON.stringify(columns.time)}: left out.`,
    ),
  ];
}

function howModelsWereRun({ systems, tally, presets, models }: Done): string[] {
  const ways = [...tally.systems].flatMap(([model, counts]) => {
    const found = systems.describe(counts);
    return found === undefined ? [] : [{ model, ...found }];
  });
  const names = [...presets.keys()][0]?.names;
  const isRun = ways.every(({ what }) => what.every((part) => part === 'date' || part === 'file'));
  const hint = isRun
    ? 'import the files of one alone to have no mean of them'
    : `--variant NAME takes one of them, --model ${names?.system ?? 'PATH'} names them apart`;
  return [
    ...systems
      .labelled()
      .filter(([, labels]) => labels.some((label) => models.includes(label)))
      .map(
        ([model, labels]) =>
          `${model} stands for ${number(labels.length)} models, which go by their labels: ${someOf(labels, 10)} (--model ${names?.model ?? 'PATH'} puts them together).`,
      ),
    ...said(
      ways.length > 0,
      () =>
        `Outcomes of one model that was run in several ways are averaged: ${someOf(
          ways.map(({ model, said: way }) => `${model} (${way})`),
          8,
        )}; ${hint}.`,
    ),
  ];
}

function howNumbersWereRead({ choices, scores, commas, tally, counts }: Done): string[] {
  const notNumbers = [...counts.notNumbers];
  const words = [...scores.words].map(([word, { count, score }]) => `${word} = ${score} (${number(count)})`);
  const mean = tally.meanLatency();
  const found = scores.foundScale();
  const astray = scores.onAnotherScale();
  return [
    ...said(commas > 0, () => `${plural(commas, 'number')} with a decimal comma: 0,5 was read as 0.5.`),
    ...said(
      notNumbers.length > 0,
      () =>
        `NaN or Infinity in place of a value counts as none: ${someOf(notNumbers.map(([column, count]) => `${column} (${number(count)})`))}.`,
    ),
    ...said(words.length > 0, () => `Scores in words: ${someOf(words, 12)}.`),
    ...said(
      found !== undefined,
      () =>
        `Scores${found!.unit.length > 0 ? ` of ${someOf(found!.tasks)}` : ''} run from ${found!.least} to ${found!.most}: they were read as percentages (--scale says another scale, --scale as-is keeps them)${found!.unit.length > 0 ? `; those of ${someOf(found!.unit)} lie within 0 to 1, and were kept (--scale TASK=percent is for one task)` : ''}.`,
    ),
    ...said(
      astray.length > 0,
      () =>
        `All scores of ${someOf(astray)} lie within 0 to 1 on a scale that goes far beyond: were they on another scale already?`,
    ),
    ...said(
      choices.units.assumed && mean >= 100,
      () =>
        `Latencies were read as seconds, and the mean is ${number(Math.round(mean))} s: if they are milliseconds, give --latency-unit ms.`,
    ),
  ];
}

function whatWasMerged({ plan, tally, counts, sharedIds, toldApart }: Done): string[] {
  return [
    ...said(
      toldApart.texts > 0,
      () =>
        `${plural(toldApart.texts, 'text stands', 'texts stand')} for several questions of one model: the query of ${rowsOf(plan, toldApart.calls)} is all that was asked (--query PATH takes one field).`,
    ),
    ...said(
      tally.merged > 0,
      () =>
        `${rowsOf(plan, tally.mergedCalls)} of ${plural(tally.merged, 'query', 'queries')} were put together by their text, though their ids differ${tally.collided > 0 ? `, ${number(tally.collided)} of them with another call of the same model; if part of the question is missing in the text, name all of it with --query PATH` : ''}.`,
    ),
    ...said(
      sharedIds.length > 0,
      () =>
        `${plural(sharedIds.length, 'id stands', 'ids stand')} for queries of different text or task (${someOf(sharedIds)}): they stay apart, and got ids of their own.`,
    ),
    ...said(
      tally.repeated > 0,
      () =>
        `${plural(tally.repeated, 'outcome')} of a model on the same query as before, in ${rowsOf(plan, counts.rows)}: averaged.`,
    ),
  ];
}

function whatIsMissing({ plan, counts, tally, models, appending }: Done): string[] {
  const scoreless = models.filter((model) => tally.scoreOf(model).count === 0);
  return [
    ...said(
      counts.unmeasured > 0,
      () =>
        `${plural(counts.unmeasured, 'outcome')} without a score, in ${rowsOf(plan, counts.rows)}: counted as not measured.`,
    ),
    ...said(scoreless.length > 0, () => `No score at all: ${someOf(scoreless)}.`),
    ...said(
      models.length === 1 && appending === undefined,
      () =>
        `Only one model has outcomes: ${models[0]!}. A router needs two to choose from: import several files at once, or the others with --append.`,
    ),
  ];
}

/** Logs of production have one model per query: no two models can be compared on the same one. */
function productionLog({ tally, models }: Done): string[] {
  const { single, singleScored, queries } = tally;
  if (single * 2 <= queries || models.length === 1) return [];
  const share = single === queries ? 'each of its' : `${number(single)} of its`;
  const perModel = models.map((model) => {
    const { count, mean } = tally.scoreOf(model);
    return count === 0 ? `${model} none` : `${model} ${mean.toFixed(2)} on ${number(count)}`;
  });
  return [
    `This is a production log: ${share} ${number(queries)} queries ${single === 1 || single === queries ? 'was' : 'were'} answered by one model, ${number(singleScored)} of ${number(single)} with a score. It tells how each model did on the queries it was given (mean scores: ${someOf(perModel, 8)}), not how it would have done on the others; who does better where can only be estimated, as far as queries were handed out without regard to how hard they are. To compare models outright, have all of them answer a sample of these queries, and import those answers as well.`,
  ];
}

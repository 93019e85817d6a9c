import {
  collect,
  planCollect,
  type CollectPlan,
  type CollectReport,
  type CollectRequest,
} from '@routeprofile/pipeline';
import { plural } from '@routeprofile/schema';
import { openConsole, type CommonFlags, type Io } from '../io.js';
import { formatColumns, formatDollars } from '../ui/format.js';
import { queueOf, type QueueFlags } from './queue.js';

/** Flags of `collect`. */
export interface CollectFlags extends CommonFlags, QueueFlags {
  config?: string;
  prompts?: string;
  grader?: string;
  budget?: number;
  plan?: boolean;
  dryRun?: boolean;
  gradeOnly?: boolean;
  reuse?: string[];
  gold?: string;
  allowCodeExecution?: boolean;
  retries?: number;
  encoder?: string;
  seed?: number;
  out?: string;
}

const requestOf = (flags: CollectFlags): CollectRequest => {
  const { config, prompts, grader, budget, plan, reuse, gold, retries, seed, out } = flags;
  const { allowCodeExecution, encoder, gradeOnly } = flags;
  const settings = { prompts, grader, budget, plan, reuse, gold, retries, seed, out };
  return { config, settings, allowCodeExecution, encoder, gradeOnly };
};

/** `collect`, or with `--dry-run` what it would cost. */
export async function collectCommand(flags: CollectFlags, io: Io): Promise<number> {
  const console = openConsole(io, flags);
  const request = requestOf(flags);
  if (flags.dryRun) {
    const plan = await planCollect(request, console.context);
    if (flags.json) console.printJson(plan);
    else console.print(planText(plan));
    return 0;
  }
  const report = await collect({ ...request, queue: await queueOf(flags) }, console.context);
  report.warnings.forEach((warning) => console.logger.warn(warning));
  if (flags.json) console.printJson(report);
  else console.print(reportText(report));
  return report.models.some(({ answered, failures }) => answered === 0 || failures['given-up'] !== undefined) ? 1 : 0;
}

const dollars = (value: number | null, among?: readonly (number | null)[]): string =>
  formatDollars(value, { among, unknown: 'no price' });
const count = (value: number): string => Math.round(value).toLocaleString('en-US');

function planText({ items, models, judges, dollars: about, atMost, spent, budget, covered }: CollectPlan): string {
  const rows = [...models, ...judges.map((judge) => ({ ...judge, model: `${judge.model} (judge)` }))];
  const amounts = rows.flatMap((row) => [row.dollars, row.atMost]);
  const lines = [
    formatColumns([
      ['model', 'calls', 'answered already', 'tokens read', 'tokens written', 'cost', 'at most'],
      ...rows.map((row) => [
        row.model,
        count(row.calls),
        count(row.kept),
        count(row.inputTokens),
        count(row.outputTokens),
        dollars(row.dollars, amounts),
        dollars(row.atMost, amounts),
      ]),
    ]),
    '',
    `${plural(items, 'prompt')}: about ${dollars(about)}, at most ${dollars(atMost)}. Nothing was asked.`,
  ];
  if (spent > 0) lines.push(`Spent so far in this folder: ${dollars(spent)}.`);
  if (budget !== null)
    lines.push(
      covered
        ? `The budget of ${dollars(budget)} covers it.`
        : `The budget of ${dollars(budget)} may not cover all of it: it is never exceeded. --plan chooses the calls that tell most.`,
    );
  return lines.join('\n');
}

const cell = (value: number | null, format: (value: number) => string): string =>
  value === null ? '-' : format(value);

/** What to do with what was collected. */
function nextStep({ out, models, forModels }: CollectReport): string {
  const [answered, scored] = [models.some((model) => model.answered > 0), models.some((model) => model.scored > 0)];
  if (!answered) return 'Nothing was answered: see why in the last column, and start again when that is mended.';
  if (!scored)
    return 'No answer has a score, so there is nothing to route by yet. Give the prompts a `reference`, or have a model judge the answers: the same command with --grade-only --grader judge:model=NAME.';
  return forModels > 0
    ? `Next, where the prompts came from a log: npx @routeprofile/cli data import ${out}/outcomes.jsonl YOUR_LOG --append`
    : `Next: npx @routeprofile/cli run --data ${out}`;
}

function reportText(report: CollectReport): string {
  const { out, items, models, spent, budget, requests, reused, notAsked, judges } = report;
  const failed = (failures: CollectReport['models'][number]['failures']) =>
    Object.entries(failures)
      .map(([why, times]) => `${times} ${why}`)
      .join(', ') || '-';
  const costs = models.map(({ meanCost }) => meanCost);
  const lines = [
    formatColumns([
      ['model', 'answers', 'mean score', 'cost per call', 'seconds', 'tokens read', 'written', 'without an answer'],
      ...models.map((model) => [
        model.model,
        count(model.answered),
        cell(model.meanScore, (score) => `${score.toFixed(3)} of 1`),
        cell(model.meanCost, (cost) => dollars(cost, costs)),
        cell(model.meanLatency, (seconds) => seconds.toFixed(2)),
        cell(model.meanInputTokens, count),
        cell(model.meanOutputTokens, count),
        failed(model.failures),
      ]),
    ]),
    '',
    `${plural(items, 'prompt')}, ${plural(requests, 'request')} sent${reused > 0 ? `, ${plural(reused, 'answer')} reused` : ''}. Spent in this folder: ${dollars(spent)}${budget === null ? '' : ` of ${dollars(budget)}`}.`,
  ];
  if (notAsked > 0) lines.push(`${plural(notAsked, 'call')} ${notAsked === 1 ? 'was' : 'were'} not made.`);
  for (const [name, quality] of Object.entries(judges)) lines.push('', ...judgeLines(name, quality));
  lines.push('', `Wrote ${out}. ${nextStep(report)}`);
  return lines.join('\n');
}

type Quality = CollectReport['judges'][string];

function judgeLines(name: string, quality: Quality): string[] {
  const figure = (what: string, value: Quality['accuracy']) =>
    value === null ? [] : [`  ${what}: ${value.value.toFixed(3)} [${value.low.toFixed(3)}, ${value.high.toFixed(3)}]`];
  return [
    `Scores of ${name} are its opinion, and marked so. ${quality.labelled === 0 ? 'Compare it with people: --gold FILE.' : `Against ${plural(quality.labelled, 'label')} of people, with 95 % intervals:`}`,
    ...figure('accuracy', quality.accuracy),
    ...figure("Cohen's kappa", quality.kappa),
    ...figure('leniency (its score less theirs)', quality.leniency),
    ...figure('pairs ranked alike', quality.pairAccuracy),
    ...figure('same verdict in both orders', quality.consistency),
    ...figure('position bias (0: none, 0.5: always the first)', quality.positionBias),
    ...figure('self-preference (leniency to its own answers less to others)', quality.selfPreference),
  ];
}

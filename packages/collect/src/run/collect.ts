import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { plural, RouteProfileError, type CollectConfig, type RunContext } from '@routeprofile/schema';
import { createAsker, type Asker } from '../ask/asker.js';
import { boundOf, type PaidModel } from '../ask/models.js';
import { openJournal, type Journal } from '../journal/journal.js';
import { readGold } from '../judge/gold.js';
import type { JudgeQuality } from '../judge/measure.js';
import type { ModelEstimate } from '../plan/estimate.js';
import type { Pair } from '../plan/grid.js';
import { reuseAnswers } from '../plan/reuse.js';
import { judgeQualities } from './judge-qualities.js';
import { askByPlan, covers } from './planned.js';
import {
  cardsOf,
  gradeLines,
  outcomeRows,
  summaries,
  writeResults,
  type ModelSummary,
  type Result,
} from './results.js';
import { openGraders, openSetting, type CollectParts } from './setting.js';
import { ask, callsOf, estimates, everyPair, grade, gradingShare, kept, sum, type Run } from './steps.js';

/** What a dry run says: nothing was asked. */
export interface CollectPlan {
  items: number;
  models: ModelEstimate[];
  judges: ModelEstimate[];
  /** Dollars of all; null where a price is missing. */
  dollars: number | null;
  atMost: number | null;
  /** Dollars charged before, of the budget. */
  spent: number;
  budget: number | null;
  /** Whether the budget covers the most it can cost. */
  covered: boolean;
}

/** What was collected. */
export interface CollectReport {
  out: string;
  items: number;
  /** Prompts that name the models they are for, as those that a report on a log suggests. */
  forModels: number;
  /** Those that some prompt is for. */
  models: ModelSummary[];
  /** Dollars charged in this folder so far, judges and failed calls included. */
  spent: number;
  budget: number | null;
  /** Requests sent by this run. */
  requests: number;
  /** Calls that were in flight when an earlier run was killed, and the dollars that they count. */
  lost: { calls: number; dollars: number };
  /** Answers taken over from other files. */
  reused: number;
  /** Calls that were not made: the budget was spent, or the model given up. */
  notAsked: number;
  /** How far each judge can be trusted, by its name. */
  judges: Record<string, JudgeQuality>;
  warnings: string[];
}

const never = (): Asker => {
  throw new RouteProfileError('INTERNAL', 'a grader asked before there was anything to grade');
};

/**
 * What collecting would ask and what that would cost. Asks nothing, and grades nothing.
 * @throws RouteProfileError for whatever is wrong with the configuration
 */
export async function planCollection(
  config: CollectConfig,
  parts: CollectParts,
  ctx: RunContext,
): Promise<CollectPlan> {
  const setting = await openSetting(config, parts, ctx, { asks: false });
  const path = join(setting.out, 'answers.jsonl');
  const journal = existsSync(path) ? await openJournal(path, ctx) : undefined;
  try {
    const graderOf = await openGraders(setting, parts, never);
    const { models, judges } = estimates(setting, everyPair(setting), graderOf, journal);
    const all = [...models, ...judges];
    const atMost = sum(all.map((estimate) => estimate.atMost));
    const spent = journal?.spent ?? 0;
    const { budget } = config;
    return {
      items: setting.items.length,
      models,
      judges,
      dollars: sum(all.map(({ dollars }) => dollars)),
      atMost,
      spent,
      budget: budget ?? null,
      covered: budget === undefined || (atMost !== null && atMost <= budget - spent),
    };
  } finally {
    await journal?.close();
  }
}

/** How `collectOutcomes` runs. */
export interface CollectOptions {
  /** Grade the answers that are there; ask no candidate. */
  gradeOnly?: boolean;
}

/**
 * Asks every model every prompt, as far as the budget goes, grades the answers and writes a dataset of outcomes. Interrupted at any
 * time, by `kill -9` too, the same call goes on where it was.
 * @throws RouteProfileError for whatever is wrong with the configuration, before anything is asked; ABORTED, WRITE_FAILED
 */
export async function collectOutcomes(
  config: CollectConfig,
  parts: CollectParts,
  ctx: RunContext,
  { gradeOnly = false }: CollectOptions = {},
): Promise<CollectReport> {
  const setting = await openSetting(config, parts, ctx);
  const { candidates, judges, items, out, folder } = setting;
  const isAsked = candidates.map((_, model) => setting.askedOf.some((asked) => asked.includes(model)));
  const gold = config.gold === undefined ? [] : await readGold(resolve(folder, config.gold), ctx);
  const journal = await openJournal(join(out, 'answers.jsonl'), ctx);
  const asked = [...judges.values()];
  let sender: Awaited<ReturnType<NonNullable<CollectParts['openSender']>>> | undefined;
  try {
    sender = await parts.openSender?.(asked, ctx);
    const asker = createAsker(
      {
        journal,
        budget: config.budget,
        retries: config.retries,
        delays: parts.delays,
        send: sender?.send,
        models: asked,
      },
      ctx,
    );
    const graderOf = await openGraders(setting, parts, () => asker);
    const pairs = everyPair(setting);
    let reused = 0;
    for (const file of config.reuse)
      reused += await reuseAnswers(resolve(folder, file), callsOf(setting, pairs), journal, ctx);
    const run: Run = { setting, journal, asker, graderOf, ctx };
    if (!gradeOnly) assertAffordable(run, pairs);
    const results = gradeOnly ? await grade(run, kept(run, pairs)) : await askAndGrade(run, parts);
    const report: CollectReport = {
      out,
      items: items.length,
      forModels: items.filter((item) => item.models !== undefined).length,
      models: summaries(candidates, results).filter((_, model) => isAsked[model]),
      spent: journal.spent,
      budget: config.budget ?? null,
      requests: asker.sent(),
      lost: journal.lost,
      reused,
      notAsked: pairs.length - results.filter(({ answer, failed }) => answer ?? !NOT_ASKED.has(failed)).length,
      judges: judgeQualities(setting, results, gold),
      warnings: [
        ...setting.warnings,
        ...journal.warnings,
        ...lostWarning(journal),
        ...asker.warnings,
        ...estimateWarnings(candidates, results),
      ],
    };
    await writeResults(out, {
      rows: outcomeRows(items, candidates, results),
      grades: gradeLines(items, candidates, results),
      cards: cardsOf(candidates, config.models),
      meta: { source: 'routeprofile collect', prompts: config.prompts },
      summary: report,
    });
    return report;
  } finally {
    await sender?.close();
    await journal.close();
  }
}

const NOT_ASKED = new Set<Result['failed']>([undefined, 'over-budget', 'given-up']);

const lostWarning = ({ lost: { calls, dollars } }: Journal): string[] =>
  calls === 0
    ? []
    : [
        `${plural(calls, 'call')} ${calls === 1 ? 'was' : 'were'} in flight when an earlier run ended; $${dollars.toFixed(4)} may have been paid, and count in the budget`,
      ];

/** Where a server does not count, tokens and costs are guesses; the budget is charged the most that such a call can have cost. */
const estimateWarnings = (candidates: readonly PaidModel[], results: readonly Result[]): string[] =>
  candidates.flatMap(({ id }, candidate) => {
    const answers = results.flatMap((result) => (result.candidate === candidate && result.answer) || []);
    const guessed = answers.filter(({ estimated }) => estimated).length;
    return guessed === 0
      ? []
      : [
          `${id}: of ${plural(answers.length, 'answer')}, ${guessed} came without a count of tokens: their tokens and costs are estimated from the texts, and the budget is charged the most that each can have cost`,
        ];
  });

/** @throws RouteProfileError LIMIT_EXCEEDED when nothing was answered yet and the budget covers no call at all */
function assertAffordable({ setting, journal }: Run, pairs: readonly Pair[]): void {
  const { budget } = setting.config;
  if (budget === undefined || pairs.length === 0 || [...journal.answers()].length > 0) return;
  const least = callsOf(setting, pairs)
    .map((call) => ({ id: call.model.id, bound: boundOf(call.model, call.messages) }))
    .reduce((a, b) => (b.bound < a.bound ? b : a));
  if (least.bound <= budget - journal.spent) return;
  throw new RouteProfileError(
    'LIMIT_EXCEEDED',
    `the budget of $${budget} covers no call${journal.spent > 0 ? `, as $${journal.spent.toFixed(4)} of it are spent` : ''}: the cheapest, of ${least.id}, can cost up to $${least.bound.toPrecision(3)}`,
    { hint: 'Raise --budget, or lower maxOutputTokens: a call is booked with its longest answer until it is known.' },
  );
}

async function askAndGrade(run: Run, parts: CollectParts): Promise<Result[]> {
  const { setting, journal } = run;
  const { budget, plan } = setting.config;
  const pairs = everyPair(setting);
  if (budget === undefined) return grade(run, await ask(run, pairs, 0));
  if (plan && !covers(run, pairs, budget)) return askByPlan(run, budget, parts);
  return grade(run, await ask(run, pairs, gradingShare(run, pairs, Math.max(0, budget - journal.spent))));
}

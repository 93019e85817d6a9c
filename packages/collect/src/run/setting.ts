import { resolve } from 'node:path';
import {
  parseOptions,
  RouteProfileError,
  unknownName,
  type ChatModel,
  type CollectConfig,
  type Grader,
  type GraderParts,
  type GraderPlugin,
  type Matrix,
  type ProgramRunner,
  type PromptItem,
  type RunContext,
} from '@routeprofile/schema';
import type { Asker, Call, SendCall } from '../ask/asker.js';
import { openModel, type Environment, type PaidModel } from '../ask/models.js';
import { readPrompts } from '../ask/prompts.js';
import { builtInGraders } from '../grading/built-in.js';
import { messagesOf } from '../plan/estimate.js';
import { stratifiedOrder } from '../plan/stratified-order.js';

/** What collecting uses beside its configuration. */
export interface CollectParts {
  /** Where keys are. Default: the process's environment. */
  env?: NonNullable<Environment>;
  /** What relative paths are relative to. Default: the working directory. */
  folder?: string;
  /** Finds graders that are not built in, such as plugins. */
  graders?: (name: string) => Promise<GraderPlugin>;
  /** Opens what programs are run in; absent where nobody allowed to run any. */
  openSandbox?: () => Promise<ProgramRunner>;
  /** Vectors of queries, by which `plan` knows which are alike; without it the rest of the budget goes to more complete rows. */
  encode?: (texts: readonly string[], ctx: RunContext) => Promise<Matrix>;
  /** Opens what makes the calls of these models, candidates and judges. Default: each call is made in this process. */
  openSender?: (models: readonly PaidModel[], ctx: RunContext) => Promise<{ send: SendCall; close(): Promise<void> }>;
  /** Milliseconds before the first retry and at most before any. Default 500 and 60,000. */
  delays?: { firstDelay: number; maximumDelay: number };
}

/**
 * The models that a configuration asks, candidates and judges, by id.
 * @param env where keys are; null where nothing will be asked
 * @throws RouteProfileError BAD_OPTION
 */
export function openModels(
  { models, judges }: Pick<CollectConfig, 'models' | 'judges'>,
  env: Environment,
): { candidates: PaidModel[]; byId: Map<string, PaidModel> } {
  const candidates = Object.entries(models).map(([id, given]) => openModel(id, given, `models.${id}`, env));
  const others = Object.entries(judges).map(([id, given]) => openModel(id, given, `judges.${id}`, env));
  if (candidates.length === 0)
    throw new RouteProfileError('BAD_OPTION', 'collect.models: there is no model to ask', {
      hint: 'Give each model a name, such as { "small": { "baseUrl": …, "model": … } }.',
    });
  const twice = others.find(({ id }) => Object.hasOwn(models, id));
  if (twice)
    throw new RouteProfileError('BAD_OPTION', `collect.judges: ${twice.id} is the name of a model to ask as well`, {
      hint: 'Give the judge another name, or name the model itself as the judge.',
    });
  return { candidates, byId: new Map([...candidates, ...others].map((model) => [model.id, model])) };
}

/** Everything that is known before anything is asked. */
export interface Setting {
  config: CollectConfig;
  folder: string;
  out: string;
  items: PromptItem[];
  candidates: PaidModel[];
  judges: Map<string, PaidModel>;
  /** Positions of the items: every beginning holds each task in its share. */
  order: number[];
  /** Positions of the candidates that each item is asked of: all, unless its line names some. */
  askedOf: readonly (readonly number[])[];
  /** What is said once, before anything is asked. */
  warnings: string[];
  /** The call of an item and a candidate, by position. */
  callOf: (item: number, candidate: number) => Call;
}

/**
 * Reads the prompts and looks at every model, so that what is wrong is said before a cent is spent. A plan asks nobody and needs no key.
 * @throws RouteProfileError MISSING_FILE, BAD_INPUT, BAD_OPTION
 */
export async function openSetting(
  config: CollectConfig,
  parts: CollectParts,
  ctx: RunContext,
  { asks = true }: { asks?: boolean } = {},
): Promise<Setting> {
  const { folder = process.cwd() } = parts;
  const env = asks ? (parts.env ?? process.env) : null;
  const { candidates, byId } = openModels(config, env);
  const items = await readPrompts(resolve(folder, config.prompts), ctx);
  const askedOf = items.map((item) => candidatesOf(item, candidates, config.prompts));
  if (askedOf.every((asked) => asked.length === 0))
    throw new RouteProfileError('BAD_INPUT', `${config.prompts}: no prompt is for any model`, {
      hint: 'Name models in the field "models" of a line, or omit the field to ask them all.',
    });
  return {
    config,
    folder,
    askedOf,
    out: resolve(folder, config.out),
    items,
    candidates,
    judges: byId,
    order: stratifiedOrder(items, config.seed),
    warnings: sameModels(candidates),
    callOf: (item, candidate) => ({
      model: candidates[candidate]!,
      messages: messagesOf(items[item]!, config.system),
      query: items[item]!.id,
    }),
  };
}

/** Answers are kept by what was asked of whom: two candidates that are the same to their endpoint have the same answers. */
const sameModels = (candidates: readonly PaidModel[]): string[] =>
  candidates.flatMap(({ id, chat }, i) => {
    const first = candidates.findIndex((other) => other.chat.id === chat.id);
    return first === i
      ? []
      : [
          `${id} is ${candidates[first]!.id} by another name (same address, model and params): each question is asked once, with the key of one of them, and counts for both`,
        ];
  });

/** @throws RouteProfileError UNKNOWN_NAME for a model that the configuration does not have */
function candidatesOf({ id, models }: PromptItem, candidates: readonly PaidModel[], file: string): number[] {
  if (models === undefined) return [...candidates.keys()];
  const unknown = models.find((name) => !candidates.some((candidate) => candidate.id === name));
  if (unknown !== undefined)
    throw new RouteProfileError('UNKNOWN_NAME', `${file}: id ${id}: models: there is no model called ${unknown}`, {
      hint: `Models of the configuration: ${candidates.map((candidate) => candidate.id).join(', ')}. Add it to collect.models under this name.`,
    });
  return [...candidates.keys()].filter((position) => models.includes(candidates[position]!.id));
}

/** The grader of each item; made once each, so that options are checked before anything is asked. */
export async function openGraders(
  { config, items, judges, folder }: Setting,
  { graders, openSandbox }: CollectParts,
  asker: () => Asker,
): Promise<(item: PromptItem) => Grader> {
  const parts: GraderParts = {
    folder,
    chat: (id) => judgeModel(judgeOf(judges, id), asker),
    ...(openSandbox && { openSandbox }),
  };
  const make = async ({ name, options }: CollectConfig['grader']): Promise<Grader> => {
    const plugin = builtInGraders.find((known) => known.name === name) ?? (await graders?.(name));
    const names = builtInGraders.map((known) => known.name);
    if (!plugin)
      throw unknownName(`there is no grader called ${name}`, {
        written: name,
        names,
        hint: `Graders: ${names.join(', ')}, or a package or a file of a plugin.`,
      });
    return plugin.create(parseOptions(plugin, options), parts);
  };
  const tasks = new Set(items.map(({ task }) => task));
  const unknown = Object.keys(config.taskGraders).filter((task) => !tasks.has(task));
  if (unknown.length > 0)
    throw new RouteProfileError('UNKNOWN_NAME', `collect.taskGraders: no prompt is of task ${unknown.join(', ')}`);
  const byTask = new Map<string, Grader>();
  for (const [task, reference] of Object.entries(config.taskGraders)) byTask.set(task, await make(reference));
  const usual = await make(config.grader);
  return ({ task }) => byTask.get(task ?? '') ?? usual;
}

export function judgeOf(judges: ReadonlyMap<string, PaidModel>, id: string): PaidModel {
  const judge = judges.get(id);
  if (judge) return judge;
  throw new RouteProfileError('UNKNOWN_NAME', `there is no model called ${id} that a grader could ask`, {
    hint: `Models: ${[...judges.keys()].join(', ')}. Add it to collect.judges.`,
  });
}

/** A model whose answers are paid from the budget, kept, and asked once. */
const judgeModel = (model: PaidModel, asker: () => Asker): ChatModel => ({
  specVersion: 1,
  id: model.chat.id,
  async complete({ messages, label = 'judging' }) {
    const reply = await asker().ask({ model, messages, query: label });
    if ('failed' in reply)
      throw new RouteProfileError(reply.failed === 'over-budget' ? 'LIMIT_EXCEEDED' : 'NETWORK', reply.message);
    const { text, usage, estimated, truncated } = reply.answer;
    return { text, usage, estimated, truncated, attempts: 1 };
  },
});

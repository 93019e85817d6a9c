import { createRandom } from '@routeprofile/schema';
import { MODELS, type SimulatedModel } from './models.js';
import { arithmetic } from './tasks/arithmetic.js';
import { code } from './tasks/code.js';
import { dates } from './tasks/dates.js';
import { format } from './tasks/format.js';
import { logic } from './tasks/logic.js';
import { lookup } from './tasks/lookup.js';
import { strings } from './tasks/strings.js';
import { units } from './tasks/units.js';
import type { TaskTemplate } from './template.js';

export const TASKS: readonly TaskTemplate[] = [arithmetic, units, strings, logic, dates, lookup, code, format];
export const TRAIN_PER_TASK = 56;
export const TEST_PER_TASK = 24;

/** How the outcomes came about, for `meta.json`. */
export const SIMULATION =
  'Two-parameter logistic item-response model: P(correct) = 1 / (1 + exp(-a (theta - b))). ' +
  'a is the discrimination of the task. theta is the ability of the model on the task: its mean ability, its stated strength there, and a normal deviation of 0.25. ' +
  'b is the difficulty of the question: that of the task, 3 (hardness - 0.5) with the hardness in [0, 1] its template gives, and a normal deviation of 0.4. ' +
  'Each score is one draw, 1 or 0. Input tokens are characters / 4 + 12; output tokens are the answer length of the task times the verbosity of the model, log-normal with deviation 0.25. ' +
  'Cost is tokens times price; latency is linear in output tokens.';

export interface SampleRow {
  id: string;
  task: string;
  split: 'train' | 'test';
  query: string;
  answer: string;
  models: Record<string, { score: 0 | 1; cost: number; inputTokens: number; outputTokens: number; latency: number }>;
}

const abilityOf = (seed: number, model: SimulatedModel, task: string): number =>
  model.ability +
  (model.strengths[task] ?? 0) +
  0.25 * createRandom(seed, 'sample', 'ability', model.name, task).normal();

/** All rows of the sample under a seed: tasks in order, training rows first within each, no text twice. */
export function simulateSample(seed: number): SampleRow[] {
  return TASKS.flatMap((task) => {
    const random = createRandom(seed, 'sample', 'questions', task.name);
    const ability = new Map(MODELS.map((model) => [model, abilityOf(seed, model, task.name)]));
    const seen = new Set<string>();
    const rows: SampleRow[] = [];
    while (rows.length < TRAIN_PER_TASK + TEST_PER_TASK) {
      const { query, answer, hardness } = task.question(random);
      if (seen.has(query)) continue;
      seen.add(query);
      const id = `${task.name}-${rows.length + 1}`;
      const draws = createRandom(seed, 'sample', 'outcomes', id);
      const difficulty = task.difficulty + 3 * (hardness - 0.5) + 0.4 * draws.normal();
      const inputTokens = Math.ceil(query.length / 4) + 12;
      const models = Object.fromEntries(
        MODELS.map((model) => {
          const chance = 1 / (1 + Math.exp(-task.discrimination * (ability.get(model)! - difficulty)));
          const score: 0 | 1 = draws.float() < chance ? 1 : 0;
          const outputTokens = Math.max(
            1,
            Math.round(task.answerTokens * model.verbosity * Math.exp(0.25 * draws.normal())),
          );
          const cost = (inputTokens * model.price.input + outputTokens * model.price.output) / 1e6;
          // Rounded: a simulated time needs no more digits than milliseconds, a price than a billionth of a dollar.
          const latency = Math.round((model.latency.first + model.latency.perToken * outputTokens) * 1e3) / 1e3;
          return [model.name, { score, cost: Math.round(cost * 1e9) / 1e9, inputTokens, outputTokens, latency }];
        }),
      );
      rows.push({ id, task: task.name, split: rows.length < TRAIN_PER_TASK ? 'train' : 'test', query, answer, models });
    }
    return rows;
  });
}

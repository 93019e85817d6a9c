import { isFields, type Fields } from '../paths.js';
import { at, has, type Preset, type PresetCall } from './preset.js';
import { tokensOf } from './usage.js';

const model = /* @__PURE__ */ at('eval.model');
const task = /* @__PURE__ */ at('eval.task');
const latency = /* @__PURE__ */ at('total_time', 'working_time');
const started = /* @__PURE__ */ at('started_at');
const created = /* @__PURE__ */ at('eval.created');
/** Correct, partly correct, incorrect, no answer. */
const GRADES: Readonly<Record<string, number>> = { C: 1, P: 0.5, I: 0, N: 0 };

const gradeOf = (value: unknown): unknown => (typeof value === 'string' ? (GRADES[value] ?? value) : value);

/** Scores by scorer; a scorer that gives several is taken apart. */
function scoresOf({ scores, score }: Fields): Fields {
  const given: Fields = isFields(scores) ? scores : isFields(score) ? { score } : {};
  return Object.fromEntries(
    Object.entries(given).flatMap(([name, scored]) => {
      const value = isFields(scored) ? scored['value'] : scored;
      return isFields(value)
        ? Object.entries(value).map(([part, one]) => [`${name}.${part}`, gradeOf(one)] as const)
        : [[name, gradeOf(value)] as const];
    }),
  );
}

/** Tokens of the model under test: a sample may have called others, such as its grader. */
function tokensOfModel(usage: unknown, model: unknown): Partial<PresetCall> {
  const used = isFields(usage) ? Object.keys(usage) : [];
  if (!isFields(usage) || used.length === 0) return {};
  const own = typeof model === 'string' && has(usage, model) ? model : undefined;
  return {
    ...(own !== undefined && tokensOf(usage[own])),
    ...(used.some((name) => name !== own) && { notes: { inputTokens: OTHERS } }),
  };
}
const OTHERS = 'Tokens of other models than the one under test, such as graders, are left out';

/**
 * A log of Inspect (UK AI Security Institute) as JSON, version 2 of its format: `samples[]` with the model and task in `eval`.
 * Epochs of a sample are averaged. Logs in the `.eval` format are converted by `inspect log convert --to json`.
 */
export const inspect: Preset = {
  name: 'inspect',
  title: 'a log of Inspect',
  records: ['samples'],
  reads: {
    ...{
      query: 'samples.input',
      model: 'eval.model',
      task: 'eval.task',
      score: 'samples.scores (C 1, P 0.5, I and N 0)',
    },
    ...{ id: 'samples.id', answer: 'samples.target', latency: 'total_time' },
    ...{ inputTokens: 'model_usage of that model', outputTokens: 'model_usage', time: 'started_at, else eval.created' },
  },
  recognise: (record, { outer }) =>
    has(record, 'input') && isFields(outer['eval']) && has(outer['eval'], 'model', 'task'),
  calls: (record, { outer }) => [
    {
      query: record['input'],
      model: model(outer),
      task: task(outer),
      id: record['id'],
      ...(typeof record['target'] === 'string' && { answer: record['target'] }),
      scores: scoresOf(record),
      latency: latency(record),
      ...tokensOfModel(record['model_usage'], model(outer)),
      time: started(record) ?? created(outer),
    },
  ],
};

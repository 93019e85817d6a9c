import { isFields, type Fields } from '../paths.js';
import { readQueryCell } from '../query-cell.js';
import { at, has, wholeWithChoices, type Preset, type PresetCall } from './preset.js';
import { tokensOf } from './usage.js';

const model = /* @__PURE__ */ at('eval.model');
const task = /* @__PURE__ */ at('eval.task');
const latency = /* @__PURE__ */ at('total_time', 'working_time');
const started = /* @__PURE__ */ at('started_at');
const created = /* @__PURE__ */ at('eval.created');
/** What tells two logs of one model and task apart. */
const SYSTEM = {
  solver: /* @__PURE__ */ at('eval.solver', 'plan.name'),
  'solver arguments': /* @__PURE__ */ at('eval.solver_args'),
  'task arguments': /* @__PURE__ */ at('eval.task_args'),
  settings: /* @__PURE__ */ at('eval.model_generate_config', 'plan.config'),
  date: created,
} as const;
/** Correct, partly correct, incorrect, no answer: shares, whatever scale the numbers of other scorers are on. */
const GRADES: Readonly<Record<string, string>> = { C: '100%', P: '50%', I: '0%', N: '0%' };

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

function systemOf(outer: Fields): Record<string, string> {
  const parts = Object.entries(SYSTEM).map(([name, read]) => [name, read(outer)] as const);
  return Object.fromEntries(
    parts.flatMap(([name, value]) =>
      value === undefined ? [] : [[name, typeof value === 'string' ? value : JSON.stringify(value)] as const],
    ),
  );
}

/** The input with the choices, which stand in a field of their own. */
function wholeOf({ input, choices }: Fields): string | undefined {
  const read = readQueryCell(input);
  return read === null ? undefined : wholeWithChoices(read.text, choices);
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
  questionIds: true,
  variants: 'solver',
  names: { system: 'eval.solver' },
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
      whole: wholeOf(record),
      system: systemOf(outer),
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

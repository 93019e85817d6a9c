import { isFields, type Fields } from '../paths.js';
import { at, byRole, has, numberOf, withChoices, type Preset } from './preset.js';

/** What a sample has beside its metrics. */
const OWN_FIELDS = new Set([
  ...['doc_id', 'doc', 'target', 'arguments', 'resps', 'filtered_resps', 'filter', 'metrics', 'doc_hash'],
  ...['prompt_hash', 'target_hash', 'task', 'model', 'bypass'],
]);
const FILE = /(?:^|\/)samples_(.+?)(?:_(\d{4}-\d\d-\d\d[T_][\d.-]+))?\.jsonl?(?:\.gz)?$/;
const FOLDER = /([^/]+)\/[^/]+$/;
/** Until 0.4.2 `pretrained=MODEL,dtype=float_TASK.jsonl`: what the model was made of, and the task after the last value. */
const ARGUMENTS = /(?:^|\/)[^/=]+=[^/]*\.jsonl?(?:\.gz)?$/;
const MODEL_AND_TASK =
  /(?:^|[/,])(?:pretrained|model|engine)=([^/,]+),(?:[^/]*,)?[^/,=]+=[^/_]+_([^/]+?)\.jsonl?(?:\.gz)?$/;
const DOC_QUERY = /* @__PURE__ */ at(
  'question',
  'query',
  'problem',
  'prompt',
  'goal',
  'ctx',
  'sentence',
  'text',
  'input',
  'instruction',
);
const CHOICES = /* @__PURE__ */ at('choices.text', 'choices', 'options', 'endings');

/** Measures of which less is better, or which have no ends: they say nothing as a score. */
const NO_SCORES = /perplexity|bits_per_byte|likelihood|brier|^(?:ter|wer|nll|loss)$/;

/** A text, as the query of a doc has to be: some tasks have a structure under the same name. */
const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value.trim() !== '' ? value : undefined;

/** Model, task and date of a path; slashes of a model's name become two underscores there. */
function namesIn(path: string): Record<'model' | 'task' | 'date', string | undefined> {
  const [, task, date] = FILE.exec(path) ?? [];
  const [, model, oldTask] = MODEL_AND_TASK.exec(path) ?? [];
  // The folder of such a file is not its model's.
  const folder = ARGUMENTS.test(path) ? model : FOLDER.exec(path)?.[1];
  return { model: folder?.replaceAll('__', '/'), task: task ?? oldTask, date };
}

/** The question, with its choices: two questions may differ in nothing else. */
function queryOf({ doc, arguments: given }: Fields): unknown {
  if (isFields(doc)) {
    const question = textOf(DOC_QUERY(doc)) ?? textOf(byRole(doc, 'query'));
    if (question !== undefined) return withChoices(question, CHOICES(doc));
  }
  return requestsOf(given)[0]?.[0];
}

/** Requests, a list of arguments each: `{ gen_args_0: { arg_0: PROMPT, arg_1: … } }`, before version 0.4.3 `[[PROMPT, …]]`. */
function requestsOf(given: unknown): unknown[][] {
  const requests: unknown[] = Array.isArray(given) ? given : isFields(given) ? Object.values(given) : [];
  return requests.map((one) => (Array.isArray(one) ? (one as unknown[]) : isFields(one) ? Object.values(one) : []));
}

/** The prompts of all requests, with the answers to choose from: where the likelihood of each was asked, a request per choice. */
function wholeOf(given: unknown): string | undefined {
  const requests = requestsOf(given);
  const texts = (at: number) => [...new Set(requests.map((one) => one[at]))].filter((text) => typeof text === 'string');
  const choices = texts(1).map((choice) => choice.trim());
  const prompt = texts(0).join('\n');
  return prompt.trim() === '' ? undefined : choices.length > 1 ? withChoices(prompt, choices) : prompt;
}

function scoresOf(sample: Fields): Fields {
  const named = sample['metrics'];
  const names = Array.isArray(named)
    ? named.filter((name): name is string => typeof name === 'string')
    : Object.keys(sample).filter((name) => !OWN_FIELDS.has(name));
  const scores = names
    .map((name) => [name, sample[name]] as const)
    // NaN is a metric that was not measured.
    .filter(([, value]) => ['boolean', 'number'].includes(typeof value) || numberOf(value) !== undefined);
  const [measures, others] = [true, false].map((is) => scores.filter(([name]) => NO_SCORES.test(name) === is));
  // Beside a score they are named as not read.
  return Object.fromEntries(others!.length > 0 ? [...others!, ...measures!] : []);
}

/**
 * Samples of EleutherAI's lm-evaluation-harness, 0.4.0 to 0.4.9 (`--log_samples`): `MODEL/samples_TASK_DATE.jsonl`, a line per
 * document and filter. Model and task are in the path alone; `doc_id` starts again with each task; the score is the field
 * that `metrics` names first, and where a task has several filters, each document has a line per filter.
 */
export const lmEval: Preset = {
  name: 'lm-eval',
  title: 'samples of lm-evaluation-harness',
  records: [''],
  reads: {
    ...{ query: 'the question of doc with its choices, else the prompt in arguments', model: 'the folder' },
    ...{ task: 'the file name', id: 'doc_id', score: 'the first of metrics', answer: 'target' },
  },
  variants: 'filter',
  recognise: (record) => has(record, 'doc_id', 'doc') && (has(record, 'resps') || has(record, 'filtered_resps')),
  questionIds: true,
  calls(record, { path }) {
    const target = record['target'];
    const { model, task, date } = namesIn(path);
    return [
      {
        query: queryOf(record),
        whole: wholeOf(record['arguments']),
        ...(date !== undefined && { system: { date } }),
        model,
        task,
        id: record['doc_id'],
        ...(['string', 'number'].includes(typeof target) && { answer: target }),
        scores: scoresOf(record),
        ...(typeof record['filter'] === 'string' && { variant: record['filter'] }),
      },
    ];
  },
  hints: {
    score:
      'Perplexities, likelihoods and metrics of a whole corpus are not read as scores: measure accuracy as well, or name a field with --score FIELD.',
    model: "The model is the folder of a samples file; where it is not, give --model-from '{model}/…'.",
  },
};

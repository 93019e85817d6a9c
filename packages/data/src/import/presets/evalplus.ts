import { has, type Preset } from './preset.js';

/** `gpt-4_temp_0.0_eval_results.json`, `meta-llama--Llama-3_vllm_temp_0.0.eval_results.json`; the folder of a `samples_eval_results.json`. */
function modelOf(path: string): string | undefined {
  const parts = path.split('/');
  const stem = parts.at(-1)!.replace(/\.json(?:l)?(?:\.gz)?$/, '');
  const name = stem
    .replace(/[._-]?eval_results$/, '')
    .replace(/[._-]raw$|-sanitized(?:-calibrated)?$/, '')
    .replace(/(?:_(?:vllm|hf|openai|anthropic|google|bedrock|ollama|gptqmodel))?_temp_[\d.]+$/, '');
  return (name === '' || name === 'samples' ? parts.at(-2) : name)?.replaceAll('--', '/');
}

/** Passed, failed, or out of time. */
const scoreOf = (status: unknown): boolean | undefined =>
  typeof status === 'string' ? /^(?:pass|success)/i.test(status) : undefined;

/**
 * Results of EvalPlus 0.2 and 0.3 (`…eval_results.json`): `eval.TASK_ID[]` with `base_status` and `plus_status`. The model is in the
 * file's name. The problems are not in it: they come from a second file, joined by `task_id`.
 */
export const evalPlus: Preset = {
  name: 'evalplus',
  title: 'results of EvalPlus',
  records: ['eval.*'],
  questionIds: true,
  reads: {
    ...{ query: 'a second file (prompt)', model: 'the file name', id: 'task_id', task: 'task_id before its /' },
    score: 'plus_status, else base_status',
  },
  recognise: (record) => has(record, 'task_id', 'base_status'),
  calls(record, { path }) {
    const [task, number] = String(record['task_id']).split('/');
    const plus = scoreOf(record['plus_status']);
    const base = scoreOf(record['base_status']);
    return [
      {
        query: record['prompt'],
        model: modelOf(path),
        id: record['task_id'],
        ...(number !== undefined && { task }),
        scores: { ...(plus !== undefined && { plus }), ...(base !== undefined && { base }) },
      },
    ];
  },
  joins: [['task_id', 'task_id']],
  hints: {
    query: 'EvalPlus keeps the problems in a file of their own: give it with --queries HumanEvalPlus.jsonl.',
  },
};

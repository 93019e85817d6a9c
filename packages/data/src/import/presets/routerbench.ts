import { parsePythonLiteral } from '../../python/literal.js';
import { has, type Preset } from './preset.js';

const COST = '|total_cost';

/** A prompt is stored as the Python list of its messages. */
function promptOf(prompt: unknown): unknown {
  if (typeof prompt !== 'string' || !/^\[\s*['"]/.test(prompt)) return prompt;
  try {
    const parts = parsePythonLiteral(prompt);
    return Array.isArray(parts) && parts.every((part) => typeof part === 'string') ? parts.join('\n') : prompt;
  } catch {
    // A prompt that merely begins like a list is a prompt all the same.
    return prompt;
  }
}

/** RouterBench's wide table (arXiv 2403.12031), exported from its pickle: columns `MODEL` and `MODEL|total_cost`. */
export const routerBench: Preset = {
  name: 'routerbench',
  title: 'the table of RouterBench',
  records: [''],
  questionIds: true,
  reads: {
    ...{ query: 'prompt', model: 'the columns with a MODEL|total_cost beside them', score: 'the model columns' },
    ...{ cost: 'MODEL|total_cost', task: 'eval_name', id: 'sample_id', split: 'split' },
  },
  recognise: (record) => has(record, 'eval_name', 'prompt') && Object.keys(record).some((name) => name.endsWith(COST)),
  calls(record) {
    const shared = {
      query: promptOf(record['prompt']),
      task: record['eval_name'],
      id: record['sample_id'],
      split: record['split'],
    };
    return Object.keys(record)
      .filter((model) => has(record, `${model}${COST}`))
      .map((model) => ({ ...shared, model, score: record[model], cost: record[`${model}${COST}`] }));
  },
};

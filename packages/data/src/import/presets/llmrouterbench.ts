import { at, has, type Preset } from './preset.js';

const query = /* @__PURE__ */ at('origin_query', 'prompt');

/**
 * Results of LLMRouterBench (arXiv 2601.07206): `bench/DATASET/SPLIT/MODEL/TIME.json`, a file per data set and model. `index` starts
 * again with each data set. The split is that of the data set, not one to train a router on: it is not read.
 */
export const llmRouterBench: Preset = {
  name: 'llmrouterbench',
  title: 'results of LLMRouterBench',
  records: ['records'],
  questionIds: true,
  reads: {
    ...{ query: 'records.origin_query', model: 'model_name', task: 'dataset_name', score: 'records.score' },
    ...{ id: 'records.index', cost: 'records.cost', inputTokens: 'prompt_tokens', outputTokens: 'completion_tokens' },
    answer: 'ground_truth',
  },
  recognise: (record, { outer }) => has(record, 'origin_query', 'score') && has(outer, 'model_name', 'dataset_name'),
  calls: (record, { outer }) => [
    {
      query: query(record),
      whole: record['prompt'],
      model: outer['model_name'],
      task: outer['dataset_name'],
      id: record['index'],
      score: record['score'],
      cost: record['cost'],
      inputTokens: record['prompt_tokens'],
      outputTokens: record['completion_tokens'],
      ...(typeof record['ground_truth'] === 'string' && { answer: record['ground_truth'] }),
    },
  ],
};

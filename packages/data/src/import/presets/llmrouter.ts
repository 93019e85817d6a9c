import { has, wholeWithChoices, type Preset } from './preset.js';

/**
 * Routing data of LLMRouter (ulab-uiuc), and of the RouteProfile data made with it: `default_routing_train_data.jsonl`, a line per query
 * and model. Latencies are seconds.
 */
export const llmRouter: Preset = {
  name: 'llmrouter',
  title: 'routing data of LLMRouter',
  records: [''],
  reads: {
    ...{ query: 'query', model: 'model_name', task: 'task_name', score: 'performance', answer: 'ground_truth' },
    ...{ inputTokens: 'input_tokens', outputTokens: 'output_tokens', tokens: 'token_num', latency: 'response_time' },
    ...{ cost: 'cost', id: 'id' },
  },
  recognise: (record) =>
    has(record, 'query', 'model_name', 'performance') && (has(record, 'task_name') || has(record, 'embedding_id')),
  calls: (record) => [
    {
      query: record['query'],
      ...(typeof record['query'] === 'string' && { whole: wholeWithChoices(record['query'], record['choices']) }),
      model: record['model_name'],
      task: record['task_name'],
      id: record['id'],
      ...(['string', 'number'].includes(typeof record['ground_truth']) && { answer: record['ground_truth'] }),
      score: record['performance'],
      cost: record['cost'],
      inputTokens: record['input_tokens'],
      outputTokens: record['output_tokens'],
      tokens: record['token_num'],
      latency: record['response_time'],
    },
  ],
};

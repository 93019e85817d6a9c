import { has, type Preset } from './preset.js';
import { openAiLogs } from './openai.js';
import { keepsResponses, requestOf } from './wire.js';

/**
 * The output of OpenAI's Batch API, and of Anthropic's: a line per request with `custom_id`, and the response without the request. The
 * prompts, and the models that were asked for, are in the file that the batch was made of, given with `--queries`.
 */
export const openAiBatch: Preset = {
  ...openAiLogs,
  name: 'openai-batch',
  title: 'the output of a batch of an OpenAI-style API',
  records: [''],
  reads: {
    ...openAiLogs.reads,
    ...{ query: 'the file of queries', model: 'the file of queries, else response.body.model', id: 'custom_id' },
  },
  recognise: (record) => has(record, 'custom_id') && keepsResponses(record) && requestOf(record) === undefined,
  hints: {
    ...openAiLogs.hints,
    query: 'The output of a batch holds no prompts: give the file that the batch was made of with --queries FILE.',
  },
};

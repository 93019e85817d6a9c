import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Helpers of this package's tests: dataset folders made on the spot. */

export const temporaryFolder = (): string => mkdtempSync(join(tmpdir(), 'rp-dataset-'));

/** Writes files; text as it is, anything else as JSON, an array under a `.jsonl` name as lines. */
export function folderOf(root: string, name: string, files: Record<string, unknown>): string {
  const dir = join(root, name);
  for (const [file, content] of Object.entries(files)) {
    const path = join(dir, file);
    mkdirSync(dirname(path), { recursive: true });
    const lines = file.endsWith('.jsonl') && Array.isArray(content);
    const text =
      typeof content === 'string'
        ? content
        : lines
          ? content.map((row) => JSON.stringify(row)).join('\n')
          : JSON.stringify(content);
    writeFileSync(path, text);
  }
  mkdirSync(dir, { recursive: true });
  return dir;
}

/** A row of `outcomes.jsonl`; scores by model. */
export const outcomeRow = (id: string, scores: Record<string, number | null>, extra: Record<string, unknown> = {}) => ({
  id,
  task: 't',
  split: 'train',
  query: `question ${id}`,
  models: Object.fromEntries(Object.entries(scores).map(([model, score]) => [model, { score }])),
  ...extra,
});

const routingRow = (
  task: string,
  query: string,
  scores: Record<string, number | null>,
  extra: Record<string, unknown> = {},
) => ({
  task_name: task,
  query,
  metric: 'em',
  choices: null,
  model_performance: Object.fromEntries(
    Object.entries(scores).map(([model, task_performance]) => [
      model,
      { task_performance, prompt_tokens: 100, completion_tokens: 50, success: true },
    ]),
  ),
  ...extra,
});

const pair = (task: string, query: string, better_model: string, worse_model: string) => ({
  task_name: task,
  query,
  better_model,
  worse_model,
});

/** A small dataset in the published layout, good in every respect; `changes` replace whole files, undefined removes one. */
export function publishedFiles(changes: Record<string, unknown> = {}): Record<string, unknown> {
  const card = (scores: Record<string, number | null>, extra = {}) => ({
    feature: 'A model.',
    architecture: 'Fam',
    detailed_scores: scores,
    ...extra,
  });
  const cards = {
    a: card({ math: 50, qa: 40 }),
    b: card({ math: 60, qa: 30 }),
    c: card({ math: 70, qa: null }, { architecture: 'unknown' }),
    aux: card({ math: 65, qa: 35 }),
  };
  const files: Record<string, unknown> = {
    'profile_data/model_feature_standard.json': cards,
    'profile_data/model_feature_newllm.json': cards,
    'profile_data/model_family_feature.json': { Fam: 'A family.' },
    'profile_data/task_feature.json': { math: 'Sums.', qa: 'Questions.' },
    'profile_data/domain_feature.json': { reasoning: 'Thinking.' },
    'profile_data/domain_task_map.json': { reasoning: ['math', 'qa'] },
    'profile_data/task_queries_standard.json': { math: ['1+1?'], qa: ['Who?'] },
    'profile_data/task_queries_newllm.json': { math: ['1+1?'], qa: ['Who?'] },
    'profile_data/candidate_models.json': {
      b: card({}, { input_price: 1, output_price: 2 }),
      a: card({}),
      c: card({}),
    },
    'route_data/pairwise_training_data_standard.json': {
      task_data_count: { math: 3 },
      pairwise_data: [
        pair('math', '1+1?', 'a', 'b'),
        pair('math', '1+1?', 'c', 'b'),
        pair('qa', 'Who?', 'b', 'a'),
        pair('qa', 'Where?', 'a', 'c'),
      ],
    },
    'route_data/pairwise_training_data_newllm.json': [pair('math', '1+1?', 'a', 'b'), pair('qa', 'Who?', 'b', 'a')],
    'route_data/routing_test_data.json': [
      routingRow('math', '2+2?', { a: 1, b: 0, c: 1 }, { formatted_query: { system: 'Answer.', user: 'Q: 2+2?' } }),
      routingRow('qa', ' WHO? ', { a: 0, b: 1, c: null }),
    ],
    ...changes,
  };
  return Object.fromEntries(Object.entries(files).filter(([, content]) => content !== undefined));
}

export { pair as pairRow, routingRow };

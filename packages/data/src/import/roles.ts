import { withoutUnit, wordsOf } from './units.js';

/** What a column may be. Names are those of `outcomes.jsonl`; `tokens` is a total that cannot be told apart. */
export const ROLES = [
  'id',
  'query',
  'task',
  'split',
  'answer',
  'time',
  'endTime',
  'model',
  'score',
  'cost',
  'inputTokens',
  'outputTokens',
  'tokens',
  'latency',
  'propensity',
  'source',
] as const;
/** What a column of an imported table holds. */
export type Role = (typeof ROLES)[number];
export type Columns = Partial<Record<Role, string>>;

/** What is measured of one call beside its score. */
export const MEASURES = ['cost', 'inputTokens', 'outputTokens', 'tokens', 'latency', 'propensity'] as const;
export type Measure = (typeof MEASURES)[number];

/** What is said of one outcome beside its score; a wide table has a column per model for each, such as `gpt-4.cost`. */
export const COMPANIONS = [...MEASURES, 'source'] as const;
export type Companion = (typeof COMPANIONS)[number];

/** Names by which tables call a role, the more telling first. */
const SPELLINGS: Readonly<Record<Role, readonly string[]>> = {
  id: ['id', 'query id', 'question id', 'prompt id', 'sample id', 'request id', 'call id'],
  query: ['query', 'question', 'prompt', 'messages', 'input', 'instruction', 'user input', 'request'],
  task: ['task', 'task name', 'category', 'topic', 'dataset', 'benchmark', 'eval name', 'subject'],
  split: ['split'],
  answer: ['answer', 'ground truth', 'reference', 'reference answer', 'expected', 'expected answer', 'target', 'gold'],
  time: ['time', 'timestamp', 'ts', 'created at', 'created', 'datetime', 'date', 'start time', 'started at', 'start'],
  endTime: ['end time', 'ended at', 'finished at', 'completed at', 'end', 'response time stamp'],
  model: ['model', 'model name', 'model id', 'llm', 'llm name', 'llm selected', 'request model'],
  score: [
    ...['score', 'performance', 'grade', 'rating', 'reward', 'judge', 'judge score', 'quality', 'accuracy'],
    ...['correct', 'is correct', 'passed', 'pass', 'success', 'thumbs', 'thumb', 'feedback', 'verdict'],
  ],
  cost: [
    ...['cost', 'costs', 'cost usd', 'usd', 'usd cost', 'total cost', 'total cost usd', 'cost dollars', 'dollars'],
    ...['spend', 'inference cost', 'response cost', 'request cost', 'price usd', 'cents'],
  ],
  inputTokens: [
    ...['input tokens', 'prompt tokens', 'tokens in', 'tokens input', 'tokens prompt', 'input token', 'prompt token'],
    ...['num input tokens', 'num prompt tokens', 'input token count', 'prompt token count', 'n input tokens'],
  ],
  outputTokens: [
    ...['output tokens', 'completion tokens', 'tokens out', 'tokens output', 'tokens completion', 'output token'],
    ...['completion token', 'num output tokens', 'num completion tokens', 'output token count'],
    ...['completion token count', 'generated tokens', 'n output tokens'],
  ],
  tokens: ['tokens', 'total tokens', 'token num', 'num tokens', 'token count', 'total token count'],
  latency: [
    ...['latency', 'response time', 'duration', 'delay', 'elapsed', 'elapsed time', 'total time', 'total latency'],
    ...['request duration', 'response latency', 'runtime', 'wall time'],
  ],
  // `prob` and `probability` alone may be those of a token, or of a right answer.
  propensity: [
    ...['propensity', 'propensity score', 'pscore', 'logged propensity', 'logging propensity', 'action propensity'],
    ...['model propensity', 'action prob', 'action probability', 'logging prob', 'logging probability'],
    ...['choice probability', 'selection probability', 'routing probability'],
  ],
  // `source` alone is most often where a query comes from.
  source: ['score source', 'scored by', 'graded by', 'rated by', 'grader', 'scorer'],
};

const RANKS: ReadonlyMap<string, { role: Role; rank: number }> = new Map(
  ROLES.flatMap((role) => SPELLINGS[role].map((spelling, rank) => [spelling, { role, rank }] as const)),
);

/** The role that a column's name speaks of; a lower rank is the more telling name. */
export function roleOfName(name: string): { role: Role; rank: number } | undefined {
  const words = wordsOf(name);
  const known = RANKS.get(words.join(' '));
  if (known !== undefined) return known;
  const cost = RANKS.get(withoutUnit('cost', name) ?? '');
  if (cost?.role === 'cost') return cost;
  // A latency with its unit: `latency_ms`; `time_ms` is not a point in time.
  const base = withoutUnit('latency', name) ?? '';
  const timed = RANKS.get(base);
  return timed?.role === 'latency' ? timed : base === 'time' ? { role: 'latency', rank: 100 } : undefined;
}

const NO_SCORES = new Set([
  ...['latency', 'status', 'token', 'tokens', 'cost', 'costs', 'time', 'timestamp', 'date', 'duration', 'delay'],
  ...['elapsed', 'price', 'usd', 'ms', 'sec', 'seconds', 'count', 'length', 'index', 'seed', 'temperature', 'retries'],
  ...['id', 'uuid', 'user', 'http', 'error', 'errors', 'unnamed', 'response', 'row'],
  ...['propensity', 'pscore', 'prob', 'probability', 'source'],
]);

/** Names of columns that hold numbers, but no scores: `latency_ms`, `status`. */
export const looksLikeNoScore = (name: string): boolean => wordsOf(name).some((word) => NO_SCORES.has(word));

/** Roles whose values may stand in the paths of files. */
export const PATH_ROLES = ['model', 'task', 'split'] as const satisfies readonly Role[];
export type PathRole = (typeof PATH_ROLES)[number];

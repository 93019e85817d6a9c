import { isFields, unpacked, type Fields } from '../paths.js';
import { at, has, share, type Preset } from './preset.js';

const query = /* @__PURE__ */ at(
  'prompt',
  'question',
  'instruction',
  'query',
  'conversation_a',
  'conversation',
  'full_conversation',
);
const id = /* @__PURE__ */ at('question_id', 'id', 'conversation_id', 'evaluation_session_id', 'battle_id');
const time = /* @__PURE__ */ at('tstamp', 'timestamp', 'created_at');
const task = /* @__PURE__ */ at('task', 'category', 'topic');

/** Of model a: 1 won, 0 lost, 0.5 neither. */
function scoreOf(record: Fields): number | undefined {
  const won = (name: string) => /^(?:1(?:\.0*)?|true)$/i.test(String(record[name]));
  if (has(record, 'winner_model_a'))
    return won('winner_model_a') ? 1 : won('winner_model_b') ? 0 : won('winner_tie') ? 0.5 : undefined;
  const winner = String(record['winner']).trim();
  const word = winner.toLowerCase().replace(/[\s_-]+/g, ' ');
  if (winner === record['model_a'] || /^(?:model a|a|left|a>b|a>>b)$/.test(word)) return 1;
  if (winner === record['model_b'] || /^(?:model b|b|right|b>a|b>>a)$/.test(word)) return 0;
  return /^(?:tie.*|draw|both.*|neither|a=b)$/.test(word) ? 0.5 : undefined;
}

/** Kaggle's table has a list of turns as JSON text: the first is the question that both models saw. */
function queryOf(record: Fields): unknown {
  const given = query(record);
  const turns = unpacked(given);
  if (!Array.isArray(turns) || turns.length === 0) return given;
  const asked = (turns as readonly unknown[]).find(
    (turn) => isFields(turn) && /^(?:user|human)$/.test(String(turn['role'] ?? turn['from'])),
  );
  return typeof turns[0] === 'string' ? turns[0] : [asked ?? turns[0]];
}

/**
 * Pairwise battles as Chatbot Arena publishes them (`model_a`, `model_b`, `winner`; Kaggle's `winner_model_a` and so on). Each gives an
 * outcome of both models: 1 for the winner, 0 for the loser, 0.5 for a tie, "both bad" being one.
 */
export const battles: Preset = {
  name: 'battles',
  title: 'battles of two models',
  records: [''],
  reads: {
    ...{ query: 'prompt, question or conversation_a', model: 'model_a and model_b' },
    ...{ score: 'winner: 1, lost: 0, tie: 0.5', id: 'question_id', time: 'tstamp', task: 'category' },
  },
  recognise: (record) => has(record, 'model_a', 'model_b') && (has(record, 'winner') || has(record, 'winner_model_a')),
  calls(record) {
    const score = scoreOf(record);
    const label = task(record);
    const shared = {
      query: queryOf(record),
      id: id(record),
      time: time(record),
      ...(typeof label === 'string' && { task: label }),
    };
    return [
      { ...shared, model: record['model_a'], score: score === undefined ? null : share(score) },
      { ...shared, model: record['model_b'], score: score === undefined ? null : share(1 - score) },
    ];
  },
};

import { contentOf, fieldsOf, isFields, itemsOf, textOf, type Fields } from '../wire/format.js';

/** A tool that a model called. */
export interface ToolCall {
  name: string;
  /** As JSON, or whatever text the model wrote. */
  arguments: string;
}

/** One turn of a conversation, as monitors see it; the same for every wire. */
export interface Turn {
  calls: readonly ToolCall[];
  /** What tools gave back. */
  results: readonly { error: boolean }[];
}

/** Turns that are read, the last ones: what came long before says little of now. */
const READ = 64;

/** Types of items in which a model calls a tool, on the wire of responses. */
const CALLS = new Set<unknown>(['function_call', 'custom_tool_call', 'local_shell_call']);
const OUTPUTS = new Set<unknown>(['function_call_output', 'custom_tool_call_output', 'local_shell_call_output']);

/**
 * The last turns of a request of any wire.
 * @param turns `Asked.turns`
 * @param from how many turns are left out at the beginning
 */
export const recentTurns = (turns: unknown, from = 0): Turn[] => {
  const items = itemsOf(turns);
  return items.slice(Math.max(from, items.length - READ)).map((item) => turnOf(fieldsOf(item)));
};

/** Whether the model waits for the rest of a loop of tools: the last thing said is what one gave back. */
export const inToolLoop = (turns: readonly Turn[]): boolean => (turns.at(-1)?.results.length ?? 0) > 0;

const asText = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));

function turnOf(item: Fields): Turn {
  const { role, type, content } = item;
  if (CALLS.has(type)) return { calls: [callOf(item)], results: [] };
  if (OUTPUTS.has(type)) return { calls: [], results: [{ error: saysError(item['output']) }] };
  if (role === 'tool' || role === 'function') return { calls: [], results: [{ error: saysError(content) }] };
  const blocks = itemsOf(content).map(fieldsOf);
  const called = [
    ...itemsOf(item['tool_calls']).map((one) => fieldsOf(fieldsOf(one)['function'])),
    item['function_call'],
  ];
  return {
    calls: [
      ...called.filter(isFields).map(callOf),
      ...blocks.filter((block) => block['type'] === 'tool_use').map(callOf),
    ],
    results: blocks
      .filter((block) => block['type'] === 'tool_result')
      .map((block) => ({ error: block['is_error'] === true || saysError(block['content']) })),
  };
}

const callOf = ({ name, type, arguments: written, input, action }: Fields): ToolCall => ({
  name: textOf(name) || textOf(type),
  arguments: asText(written ?? input ?? action),
});

/** Beginnings of what failing tools print. */
const BEGINS = /^\s*(<tool_use_error>|error\b|traceback \(most recent|fatal:|exception\b|command failed\b)/i;
const EXIT = /\bexit(?:ed with)?(?: code| status)[: ]+[1-9]/i;
/** Characters of a result that are looked through for words. */
const LOOKED_AT = 400;

/**
 * Whether what a tool gave back is an error. Anthropic's wire says so; on the others there is no word for it, so that it is told by members
 * of JSON that agents send (`error`, `is_error`, `success`, `exit_code`), or by how the text begins.
 */
function saysError(output: unknown): boolean {
  if (isFields(output)) return membersSayError(output);
  const text = contentOf(output);
  if (text.startsWith('{')) {
    const fields = parsed(text);
    if (fields) return membersSayError(fields);
  }
  const beginning = text.slice(0, LOOKED_AT);
  return BEGINS.test(beginning) || EXIT.test(beginning);
}

function membersSayError({ error, is_error: flagged, success, exit_code: code, metadata, output }: Fields): boolean {
  const exit = code ?? fieldsOf(metadata)['exit_code'];
  if (typeof exit === 'number') return exit !== 0;
  if (flagged === true || success === false) return true;
  return (
    (error !== undefined && error !== null && error !== false && error !== '') ||
    (typeof output === 'string' && BEGINS.test(output))
  );
}

/** Longer results are not parsed for their members. */
const PARSED = 20_000;

function parsed(text: string): Fields | undefined {
  if (text.length > PARSED) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

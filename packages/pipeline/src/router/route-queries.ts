import { noUserText, queryTextOf, RouteProfileError, throwIfAborted, type ReadQuery } from '@routeprofile/schema';
import { LineCutter } from '@routeprofile/data';

/** A longer line is not a query. */
const MOST_CHARACTERS = 2 ** 26;
/** What only a chat has: JSON of this kind without any text of a user is a mistake, not a question. */
const CHAT = /"(role|messages|contents?|parts)"\s*:/;

/**
 * A query as it is given: a text, or JSON of a text, of chat messages, or of an object that holds them.
 * @param place how a message names it
 * @throws RouteProfileError BAD_INPUT for a query without any text, such as a chat in which the user says nothing
 */
export function readQuery(given: string, place: string): ReadQuery {
  const query = parsedQuery(given, place);
  // No model is better at saying nothing: an answer would only hide a variable that was not set.
  if (query.text.trim() === '')
    throw new RouteProfileError('BAD_INPUT', `${place}: is empty`, {
      hint: "Give the text of a query, or '-' to read queries from standard input.",
    });
  return query;
}

function parsedQuery(given: string, place: string): ReadQuery {
  const text = { text: given, omitted: 0 };
  if (!/^\s*["[{]/.test(given)) return text;
  let value: unknown;
  try {
    value = JSON.parse(given);
  } catch {
    return text;
  }
  const read = queryTextOf(value);
  if (read === null && CHAT.test(given)) throw noUserText(place);
  return read ?? text;
}

/** What is next, or ABORTED as soon as the signal fires: whoever types may take their time. */
async function nextOf<T>(source: AsyncIterator<T, unknown>, signal: AbortSignal): Promise<IteratorResult<T, unknown>> {
  throwIfAborted({ signal });
  let stop: (() => void) | undefined;
  const stopped = new Promise<never>((_, reject) => {
    stop = () => reject(new RouteProfileError('ABORTED', 'interrupted', { cause: signal.reason }));
    signal.addEventListener('abort', stop);
  });
  try {
    return await Promise.race([source.next(), stopped]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}

/**
 * The text of one piece of a stream; without a piece, of what the last one left over.
 * @param line lines that came before it
 * @throws RouteProfileError BAD_INPUT where it is not UTF-8 text: replacement characters would be routed as a question
 */
function textOf(
  decoder: InstanceType<typeof TextDecoder>,
  chunk: string | Uint8Array | undefined,
  line: number,
): string {
  const refused = (before: string, what: string) =>
    new RouteProfileError('BAD_INPUT', `standard input: line ${line + before.split('\n').length}: ${what}`, {
      hint: 'Save the queries as UTF-8 text, one per line, such as with: iconv -f UTF-16 -t UTF-8',
    });
  let text: string;
  try {
    text = typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: chunk !== undefined });
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    const before = chunk instanceof Uint8Array ? new TextDecoder().decode(chunk).split('\ufffd')[0]! : '';
    throw refused(before, 'is not UTF-8 text');
  }
  const zero = text.indexOf('\0');
  if (zero >= 0) throw refused(text.slice(0, zero), 'holds zero bytes, expected text in UTF-8');
  return text;
}

/**
 * Lines with their numbers from 1, blank ones left out, as many at a time as have come, at most `most`.
 * @throws RouteProfileError BAD_INPUT for what is not UTF-8 text, LIMIT_EXCEEDED for a line of more than 2^26 characters
 */
export async function* lineBatches(
  input: AsyncIterable<string | Uint8Array>,
  most: number,
  signal: AbortSignal,
): AsyncGenerator<{ line: number; text: string }[]> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  const source: AsyncIterator<string | Uint8Array, unknown> = input[Symbol.asyncIterator]();
  const cutter = new LineCutter();
  let line = 0;
  try {
    for (let over = false; !over;) {
      const next = await nextOf(source, signal);
      over = next.done === true;
      const come = textOf(decoder, next.done === true ? undefined : next.value, line);
      const lines = [...cutter.push(come), ...(over ? [cutter.end()] : [])];
      if (cutter.pending > MOST_CHARACTERS)
        throw new RouteProfileError(
          'LIMIT_EXCEEDED',
          `standard input: line ${line + lines.length + 1} is longer than ${MOST_CHARACTERS} characters`,
          { hint: 'Write one query per line.' },
        );
      const numbered = lines
        .map((text, i) => ({ line: line + i + 1, text: text.replace(/\r$/, '') }))
        .filter(({ text }) => text.trim() !== '');
      line += lines.length;
      for (let from = 0; from < numbered.length; from += most) yield numbered.slice(from, from + most);
    }
  } finally {
    // Not waited for: an input that is being read ends when it likes.
    void source.return?.();
  }
}

import type { Delivering } from '../serve/run-attempts.js';
import type { ReadRequest } from '../wire/read-request.js';
import { textOfAnswer, textOfStream } from './answer-text.js';
import { listenIn } from './listen-in.js';
import type { Answered } from './verifying.js';

/** Bytes of an answer that is checked, as it was sent, and characters of its request: some of them wait in memory. */
const MOST = 1_000_000;

/** An answer on its way to a client, and how its text is read afterwards. */
export interface Overheard {
  outcome: Delivering;
  read: Answered['read'];
}

/** Keeps what an answer says, as far as it has room. */
export function overhear(outcome: Delivering, { format, text }: ReadRequest): Overheard {
  const { wire } = format;
  const long = text.length > MOST;
  if (outcome.kind === 'whole') {
    const { body } = outcome;
    const read = () => {
      if (long || body.length > MOST) return undefined;
      return textOfAnswer(wire, JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body)));
    };
    return { outcome, read };
  }
  const { live, heard } = listenIn(outcome.live, long ? 0 : MOST);
  const read = () => {
    const bytes = heard();
    return bytes && textOfStream(wire, bytes);
  };
  return { outcome: { ...outcome, live }, read };
}

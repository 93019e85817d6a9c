import { personalData, type PersonalData } from '@routeprofile/routers';
import { nextTurn } from '@routeprofile/schema';
import { textsIn } from './measure.js';

/** Characters that are looked at before others get their turn: none of that length takes 10 ms. */
const TURN = 8_192;
/** No pattern of `personalData` is longer. */
const LONGEST = 640;
/** What stands between two words, and in nothing that is looked for but between its groups. */
const BREAK = /[\s"',:;{}[\]<>|=]/;

/** The place behind the last break before another place, so that no number is cut in two; that place where there is none near. */
function behindBreak(text: string, place: number): number {
  for (let i = place; i > 0 && i > place - LONGEST; i--) if (BREAK.test(text[i - 1]!)) return i;
  return place;
}

/** Pieces of a text, each with the end of the one before, as what is looked for may lie across. */
function* piecesOf(text: string): Generator<string> {
  let from = 0;
  while (text.length - from > TURN) {
    const end = behindBreak(text, from + TURN);
    yield text.slice(from, end);
    from = behindBreak(text, end - LONGEST);
  }
  yield text.slice(from);
}

/**
 * Kinds of personal data in all texts of a request, up to the first text that holds any. The time is linear in the length, and the event loop
 * is let go of after each 8,192 characters.
 * @param value JSON, such as instructions and turns
 * @param pause lets others have their turn; default: until the next one of the event loop
 */
export async function personalDataIn(value: unknown, pause = nextTurn): Promise<PersonalData[]> {
  let looked = 0;
  for (const text of textsIn(value))
    for (const piece of piecesOf(text)) {
      if (looked > 0 && looked + piece.length > TURN) {
        await pause();
        looked = 0;
      }
      looked += piece.length;
      const found = personalData(piece);
      if (found.length > 0) return found;
    }
  return [];
}

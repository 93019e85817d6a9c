import { nextTurn, throwIfAborted, type RunContext } from '@routeprofile/schema';

/** Texts after which the event loop gets its turn: about 0.1 seconds of work. */
const TEXTS_PER_TURN = 1_000;

/** `read` of each text, with turns for others in between. @throws RouteProfileError ABORTED. */
export async function inTurns<T>(
  texts: readonly string[],
  read: (text: string) => T,
  ctx: RunContext | undefined,
): Promise<T[]> {
  const out: T[] = [];
  for (const text of texts) {
    out.push(read(text));
    if (out.length % TEXTS_PER_TURN === 0) {
      await nextTurn();
      throwIfAborted(ctx);
    }
  }
  return out;
}

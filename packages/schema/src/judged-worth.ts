/** What somebody said of an answer. */
export interface Judgement {
  /** What is judged, and who judges. */
  name: string;
  source: string;
  /** From 0 to 1; absent for a word that stands for no number. */
  score?: number | undefined;
}

/**
 * What an answer was worth: the mean over what was said of it, each name and source once, by what it said last. So nobody counts twice by
 * saying it twice, and a word that stands for no number takes back what was said before.
 * @param said in the order in which it came
 * @returns undefined where nothing has a score
 */
export function judgedWorth(said: Iterable<Judgement>): number | undefined {
  const last = new Map<string, number>();
  for (const { name, source, score } of said) {
    const who = JSON.stringify([source, name]);
    if (score === undefined) last.delete(who);
    else last.set(who, score);
  }
  if (last.size === 0) return undefined;
  return [...last.values()].reduce((sum, score) => sum + score, 0) / last.size;
}

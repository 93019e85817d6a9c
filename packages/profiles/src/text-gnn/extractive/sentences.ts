/** Abbreviations whose full stop ends no sentence. */
const ABBREVIATIONS = /(?:^|[\s(])(?:e\.g|i\.e|vs|etc|cf|al|approx|Dr|Mr|Mrs|Ms|No|Fig|Eq|St|[A-Z])\.$/;

/**
 * The sentences of a text, blanks made single. A sentence ends at `.`, `!`, `?` (and closing quotes or brackets) before a
 * blank and something that may begin one, or at a CJK full stop. Joined by blanks they are the text again.
 */
export function sentencesOf(text: string): string[] {
  const clean = text.replace(/\s+/g, ' ').trim();
  if (clean === '') return [];
  // The blank comes first: looking back from every character of a run of quotes would take the square of its length.
  const pieces = clean.split(/ (?<=[.!?]["”')\]]* )(?=["“'([]*[\p{Lu}\p{Lo}\p{N}])/u);
  const sentences: string[][] = [];
  pieces.forEach((piece, i) => {
    if (i > 0 && ABBREVIATIONS.test(pieces[i - 1]!)) sentences.at(-1)!.push(piece);
    else sentences.push([piece]);
  });
  return sentences.map((parts) => parts.join(' '));
}

export const wordCount = (text: string): number => (text === '' ? 0 : text.split(' ').length);

/** The first `words` words, with a mark where the rest was. */
export function firstWords(text: string, words: number): string {
  const all = text.replace(/\s+/g, ' ').trim().split(' ');
  return all.length <= words ? all.join(' ') : `${all.slice(0, words).join(' ')} …`;
}

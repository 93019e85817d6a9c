const PUNCTUATION = /[!-/:-@[-`{-~]/g;
/** Whole words only, where letters and digits of any script make a word. */
const ARTICLES = /(?<![\p{L}\p{N}_])(?:a|an|the)(?![\p{L}\p{N}_])/gu;
/** What Python takes for white space (control characters aside), as the published scorer does. */
const SPACES = /[\s\u0085]+/g;

/** SQuAD's answer normalisation: lower case, no ASCII punctuation, no articles, single spaces. */
export function normaliseAnswer(text: string): string {
  return text.toLowerCase().replace(PUNCTUATION, '').replace(ARTICLES, ' ').replace(SPACES, ' ').trim();
}

/** The words of a normalised answer; none for an empty one. */
export function answerWords(text: string): string[] {
  const normal = normaliseAnswer(text);
  return normal === '' ? [] : normal.split(' ');
}

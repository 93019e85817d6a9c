/** Spelling that carries no meaning, in the order it is undone. */
const SPELLING: readonly (readonly [RegExp, string])[] = [
  [/\n/g, ''],
  [/\\[!,;: ]/g, ''],
  [/\\\\/g, '\\'],
  [/\\[dt]frac/g, '\\frac'],
  [/\\(?:left|right)(?![a-z])/g, ''],
  [/\^\{?\\circ\}?|\\degree/g, ''],
  [/\\?[$%]/g, ''],
  [/\\(?:mathrm|textbf|mathbf|mbox)(?=\{)/g, '\\text'],
  // A unit after a number: `5\text{ cm}`, `12 \text{ square feet}^2`.
  [/(?<=[\d})])\s*\\text\{[^{}]*\}(?:\^\{?\d\}?)?$/, ''],
  [/^\s*\\text\{([^{}]*)\}\s*$/, '$1'],
  // The same in words: `34 dollars`.
  [/^(\s*-?\d[\d,.]*)\s+[a-zA-Z][a-zA-Z ]*$/, '$1'],
];

/** `\frac12`, `\frac1{x}`, `\frac{1}2` → `\frac{1}{2}`. */
const bracedFractions = (text: string): string =>
  text.replace(/\\frac\s*([^{\s\\])/g, '\\frac{$1}').replace(/\\frac(\{[^{}]*\})\s*([^{\s\\])/g, '\\frac$1{$2}');

/** `\sqrt3` → `\sqrt{3}`. */
const bracedRoots = (text: string): string => text.replace(/\\sqrt\s*([^{[\s\\])/g, '\\sqrt{$1}');

/**
 * A mathematical answer in the normal form commonly used with the MATH data set (Hendrycks et al. 2021): no spaces, sizes,
 * units, degrees, percent or dollar signs; fractions and roots in braces; `a/b` as `\frac{a}{b}`; a missing leading zero
 * put in; `x=5` as `5`; thousands separators removed. Purely textual: equal values in other forms (`2/4`, `1/2`) stay unequal.
 */
export function mathForm(answer: string): string {
  let text = answer.trim();
  for (const [pattern, replacement] of SPELLING) text = text.replace(pattern, replacement);
  text = text.replace(/\s+/g, '').replace(/[.,]$/, '');
  text = text.replace(/(?<=^|[^\d}])\.(?=\d)/g, '0.');
  text = text.replace(/^[a-zA-Z]{1,2}=(?=.)/, '');
  if (/^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text)) text = text.replaceAll(',', '');
  text = bracedFractions(bracedRoots(text));
  text = text.replace(/^(-?)(\d+)\/(\d+)$/, '$1\\frac{$2}{$3}');
  return text === '0.5' ? '\\frac{1}{2}' : text;
}

const DECIMAL = /^-?\d+(?:\.\d+)?$/;

/** Equality of normal forms; two plain decimal numbers are equal when their values are (18.00 and 18). */
export function sameMathAnswer(left: string, right: string): boolean {
  const [a, b] = [mathForm(left), mathForm(right)];
  return a === b || (DECIMAL.test(a) && DECIMAL.test(b) && Number(a) === Number(b));
}

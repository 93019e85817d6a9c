/** A kind of personal data that a text holds. */
export type PersonalData = 'email' | 'phone' | 'iban' | 'card' | 'ssn';

/** The sum of every second digit doubled is a multiple of ten (ISO/IEC 7812). */
function luhn(digits: string): boolean {
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]);
    const doubled = i % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** The account number as one number, its head at the end and letters as 10 to 35, is 1 modulo 97 (ISO 13616). */
function ibanHolds(text: string): boolean {
  const compact = text.replace(/ /g, '').toUpperCase();
  if (compact.length < 15 || compact.length > 34) return false;
  let rest = 0;
  for (const sign of compact.slice(4) + compact.slice(0, 4)) {
    const value = parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest === 1;
}

/** Patterns of bounded length each that read a text in one way only, so that none takes long; what a pattern finds must pass its check, if it has one. */
const PATTERNS: readonly { kind: PersonalData; pattern: RegExp; check?: (found: string) => boolean }[] = [
  // name@host.tld
  { kind: 'email', pattern: /[\p{L}\p{N}._%+-]{1,64}@(?:[\p{L}\p{N}-]{1,63}\.){1,8}\p{L}{2,24}/gu },
  // Two letters, two digits, 11 to 30 letters and digits, alone or in groups of four: DE89 3704 0044 0532 0130 00
  { kind: 'iban', pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g, check: ibanHolds },
  // 13 to 19 digits, alone or in groups, the first one of a payment network's
  {
    kind: 'card',
    pattern: /(?<![\d-])[2-6](?:[ -]?\d){12,18}(?![\d-])/g,
    check: (found) => luhn(found.replace(/\D/g, '')),
  },
  // United States: three, two and four digits, of ranges that are given out
  { kind: 'ssn', pattern: /(?<![\d-])(?!000|666|9)\d{3}-(?!00)\d{2}-(?!0000)\d{4}(?![\d-])/g },
  // A country code and 8 to 15 digits in all, such as +49 30 901820; or (415) 555-0132 and 415-555-0132
  {
    kind: 'phone',
    pattern: /(?<![\w+.])(?:\+\d(?:[ ./-]?\(?\d\)?){7,14}|\(\d{3}\) ?\d{3}-\d{4}|\d{3}-\d{3}-\d{4})(?![\w-])/g,
  },
];

/**
 * Kinds of personal data found in a text: e-mail addresses, telephone numbers with a country code or of North American form, IBANs
 * and payment cards with valid check digits, United States social security numbers. Names and addresses are not found.
 */
export function personalData(text: string): PersonalData[] {
  return PATTERNS.filter(({ pattern, check }) =>
    Array.from(text.matchAll(pattern)).some(([found]) => check?.(found) ?? true),
  ).map(({ kind }) => kind);
}

/** The mark between the whole and the broken part of a number. */
export type Decimal = 'comma' | 'point';

const EXPONENT = '(?:[eE][+-]?\\d+)?';
const PLAIN = new RegExp(`^[+-]?(?:\\d+\\.?\\d*|\\.\\d+)${EXPONENT}$`);
const FORMS: Readonly<Record<Decimal, RegExp>> = {
  point: new RegExp(`^[+-]?(?:(?:\\d{1,3}(?:,\\d{3})+|\\d+)(?:\\.\\d*)?|\\.\\d+)${EXPONENT}$`),
  comma: new RegExp(`^[+-]?(?:(?:\\d{1,3}(?:\\.\\d{3})+|\\d+)(?:,\\d*)?|,\\d+)${EXPONENT}$`),
};
/** One comma and three digits after it: 1.234 in one country, 1234 in another. */
const EITHER = /^[+-]?[1-9]\d{0,2},\d{3}$/;

/** A number with this decimal mark, the other one being allowed between groups of three digits; null when it is none. */
export function parseDecimal(text: string, decimal: Decimal): number | null {
  if (!FORMS[decimal].test(text)) return null;
  return Number(decimal === 'comma' ? text.replaceAll('.', '').replace(',', '.') : text.replaceAll(',', ''));
}

export interface DecimalOptions {
  decimal: Decimal | 'auto';
  /** `auto` recognises decimal commas: not where commas divide the cells. */
  commas: boolean;
}

/** Reads the numbers of one file, and remembers what its decimal mark was taken for. */
export class DecimalReader {
  /** Numbers that were read with a decimal comma. */
  commas = 0;
  private points = 0;
  /** A comma was seen that cannot divide groups of digits. */
  private sure = false;
  private firstEither: string | undefined;
  private firstPoint: string | undefined;

  constructor(private readonly options: DecimalOptions) {}

  /** @param text without white space around it; null when it is not a number */
  read(text: string): number | null {
    const { decimal, commas } = this.options;
    if (decimal !== 'auto') {
      const number = parseDecimal(text, decimal);
      if (number !== null && decimal === 'comma' && text.includes(',')) this.commas++;
      return number;
    }
    if (PLAIN.test(text)) {
      if (text.includes('.')) {
        this.points++;
        this.firstPoint ??= text;
      }
      return Number(text);
    }
    if (!commas || !text.includes(',')) return null;
    const number = parseDecimal(text, 'comma');
    if (number === null) return null;
    this.commas++;
    if (EITHER.test(text)) this.firstEither ??= text;
    else this.sure = true;
    return number;
  }

  /** Why the marks of the file as a whole cannot be told; undefined when they can. */
  doubt(): string | undefined {
    if (this.options.decimal !== 'auto' || this.commas === 0) return undefined;
    if (this.points > 0)
      return `has numbers with a comma and numbers with a point (${this.firstPoint}), so that the decimal mark cannot be told; give --decimal comma or --decimal point`;
    if (!this.sure)
      return `has numbers such as ${this.firstEither}, which may mean ${this.firstEither!.replace(',', '.')} or ${this.firstEither!.replace(',', '')}; give --decimal comma or --decimal point`;
    return undefined;
  }
}

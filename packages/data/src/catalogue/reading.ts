import { nameSchema, tokensSchema, type Capabilities, type Limits } from '@routeprofile/schema';
import { Counts } from './counts.js';
import type { CatalogueEntry } from './entry.js';
import { priceOf, type StatedPrice } from './price.js';
export { fieldsOf, isFields, type Fields } from '@routeprofile/schema';

/** A model as a list states it; checked when it is added. */
export interface StatedModel {
  id: string;
  /** Default: `id`. */
  model?: string;
  provider?: unknown;
  price: StatedPrice;
  context?: unknown;
  maxOutput?: unknown;
  capabilities: Capabilities;
}

/** What is being read of one list: entries, what was left out and what is to know, counted. */
export class Reading {
  readonly entries: Omit<CatalogueEntry, 'source' | 'date'>[] = [];
  readonly leftOut = new Counts();
  readonly remarks = new Counts();

  /** @param power see `priceOf` */
  constructor(private readonly power: number) {}

  /** Takes a model, as far as what is said of it can be read. */
  add({ id, model = id, provider, price: stated, context, maxOutput, capabilities }: StatedModel): void {
    if (!nameSchema.safeParse(id).success || model === '') {
      this.leftOut.add('an id that cannot be used', id);
      return;
    }
    const price = priceOf(stated, this.power);
    if (price === 'absent') this.remarks.add('no price per token', id);
    if (price === 'negative') this.remarks.add('a negative price, as OpenRouter writes where it varies: no price', id);
    if (price === 'unreadable') this.remarks.add('a price that is not an amount of dollars: no price', id);
    const limits = this.limitsOf(id, context, maxOutput);
    this.entries.push({
      id,
      model,
      ...(typeof provider === 'string' && provider !== '' && { provider }),
      ...(typeof price === 'object' && { price }),
      ...(limits && { limits }),
      ...(Object.keys(capabilities).length > 0 && { capabilities }),
    });
  }

  private limitsOf(id: string, context: unknown, maxOutput: unknown): Limits | undefined {
    const read = (value: unknown): number | undefined => {
      // Lists write 0 where a limit is unknown.
      if (value === undefined || value === null || value === 0) return undefined;
      if (tokensSchema.safeParse(value).success) return value as number;
      this.remarks.add('a limit that is not a count of tokens: not used', id);
      return undefined;
    };
    const [contextTokens, maxOutputTokens] = [read(context), read(maxOutput)];
    if (contextTokens === undefined && maxOutputTokens === undefined) return undefined;
    return {
      ...(contextTokens !== undefined && { contextTokens }),
      ...(maxOutputTokens !== undefined && { maxOutputTokens }),
    };
  }
}

/** Texts of a list; nothing else that may be in it. */
export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

/** Capabilities that are said to be there or not; what is not said is absent. */
export const said = (capabilities: { readonly [N in keyof Capabilities]?: unknown }): Capabilities =>
  Object.fromEntries(Object.entries(capabilities).filter(([, value]) => typeof value === 'boolean'));

/** `true`, or nothing: for lists that name only what is there. */
export const named = (is: boolean): true | undefined => (is ? true : undefined);

/** The day of a text that begins with one, `YYYY-MM-DD`; of `YYYY-MM` the first. */
export function dayOf(value: unknown): string | null {
  const [, month, day = '01'] = (typeof value === 'string' && /^(\d{4}-\d{2})(?:-(\d{2}))?(?!\d)/.exec(value)) || [];
  const text = `${month}-${day}`;
  return month !== undefined && !Number.isNaN(Date.parse(`${text}T00:00:00Z`)) ? text : null;
}

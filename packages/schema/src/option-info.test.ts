import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { optionInfos } from './option-info.js';

describe('optionInfos', () => {
  it('says what each option accepts and what it is by default', () => {
    const options = z.strictObject({
      hops: z.number().int().min(0).max(64).default(2),
      epochs: z.number().int().min(1).default(20),
      rate: z.number().gt(0).default(0.1),
      dropout: z.number().min(0).lt(1).default(0),
      norm: z.enum(['sym', 'left', 'none']).default('sym'),
      k: z.union([z.number().int().min(1), z.literal('auto')]).default('auto'),
      strong: z.string().min(1).optional(),
      models: z.array(z.string()).optional(),
      compat: z.boolean().default(false),
    });
    expect(optionInfos(options)).toEqual([
      { name: 'hops', accepts: 'whole number from 0 to 64', default: 2 },
      { name: 'epochs', accepts: 'whole number, at least 1', default: 20 },
      { name: 'rate', accepts: 'number, above 0', default: 0.1 },
      { name: 'dropout', accepts: 'number, at least 0, below 1', default: 0 },
      { name: 'norm', accepts: 'sym, left or none', default: 'sym' },
      { name: 'k', accepts: 'whole number, at least 1 or auto', default: 'auto' },
      { name: 'strong', accepts: 'text' },
      { name: 'models', accepts: 'list' },
      { name: 'compat', accepts: 'true or false', default: false },
    ]);
  });

  it('says each kind of value where several are accepted', () => {
    expect(optionInfos(z.strictObject({ time: z.union([z.string(), z.number()]).optional() }))).toEqual([
      { name: 'time', accepts: 'text or number' },
    ]);
  });

  it('shows defaults that a schema works out from other options', () => {
    const options = z
      .strictObject({ compat: z.boolean().default(false), self: z.number().optional() })
      .overwrite((given) => ({ ...given, self: given.self ?? (given.compat ? 0 : 0.1) }));
    expect(optionInfos(options)).toContainEqual({ name: 'self', accepts: 'number', default: 0.1 });
  });

  it('shows stated defaults of a schema that refuses to be empty', () => {
    const options = z.strictObject({ file: z.string(), rows: z.number().default(3) });
    expect(optionInfos(options)).toEqual([
      { name: 'file', accepts: 'text' },
      { name: 'rows', accepts: 'number', default: 3 },
    ]);
  });

  it('lists nothing of a schema without options', () => {
    expect(optionInfos(z.strictObject({}))).toEqual([]);
    expect(optionInfos(z.any())).toEqual([]);
  });
});

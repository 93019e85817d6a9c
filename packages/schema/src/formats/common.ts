import { z } from 'zod';

/** Names that JavaScript objects give a meaning of their own. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

/** A model, task, family or domain name. */
export const nameSchema = z
  .string()
  .min(1, 'a name must not be empty')
  .max(512, 'a name has at most 512 characters')
  .refine((name) => !RESERVED.has(name), { error: 'this name is reserved by JavaScript; rename it' });

/** JSON has no NaN or Infinity; numbers made elsewhere may. */
export const finiteSchema = z.number().refine(Number.isFinite, { error: 'expected a finite number' });
/** A finite number of at least 0, such as a price or a count of tokens. */
export const nonNegativeSchema = finiteSchema.refine((x) => x >= 0, { error: 'expected a number of at least 0' });

/** Dollars per million tokens. */
export const priceSchema = z.object({ input: nonNegativeSchema, output: nonNegativeSchema });

import { z } from 'zod';

/** Names that JavaScript objects give a meaning of their own. */
const RESERVED = new Set(['__proto__', 'constructor', 'prototype']);

const LONE_SURROGATE = /\p{Surrogate}/u;

/** A model, task, family or domain name. */
export const nameSchema = z
  .string()
  .min(1, 'a name must not be empty')
  .max(512, 'a name has at most 512 characters')
  .refine((name) => !RESERVED.has(name), { error: 'this name is reserved by JavaScript; rename it' })
  .refine((name) => !LONE_SURROGATE.test(name), {
    error: 'this name holds half of a surrogate pair, which no text file can hold; rename it',
  });

/** Names, each given once. */
export const distinctNamesSchema = z.array(nameSchema).superRefine((names, context) => {
  const seen = new Set<string>();
  names.forEach((name, i) => {
    if (seen.has(name))
      context.addIssue({ code: 'custom', path: [i], message: `${JSON.stringify(name)} occurs twice, expected once` });
    seen.add(name);
  });
});

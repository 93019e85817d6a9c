import type { z } from '@routeprofile/schema';
import { UnusableAnswer } from './fault.js';

/**
 * An answer's body as a wire has it.
 * @param wanted what an answer must hold, such as `` `choices` with a text ``
 * @throws UnusableAnswer when the body is not valid JSON, or holds no answer.
 */
export function readAnswer<T>(body: string, schema: z.ZodType<T>, wanted: string): T {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    throw new UnusableAnswer(`the answer is not valid JSON (${body.length} characters, perhaps cut short)`);
  }
  const parsed = schema.safeParse(json);
  if (!parsed.success) throw new UnusableAnswer(`the answer holds no ${wanted}`);
  return parsed.data;
}

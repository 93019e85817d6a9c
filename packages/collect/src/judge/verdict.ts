import { z } from '@routeprofile/schema';

const number = z.union([
  z.number(),
  z
    .string()
    .regex(/^-?\d+(\.\d+)?$/)
    .transform(Number),
]);
const scoreSchema = z.looseObject({ score: number, reason: z.string().optional().catch(undefined) });
const pairSchema = z.looseObject({
  better: z.string().transform((text) => text.trim().toLowerCase()),
  reason: z.string().optional().catch(undefined),
});

/** JSON objects without objects inside, the last first: judges think aloud before they say it. */
function* objectsIn(text: string): Generator<unknown> {
  for (const found of [...text.matchAll(/\{[^{}]*\}/g)].reverse()) {
    try {
      yield JSON.parse(found[0]);
    } catch {
      // Braces in prose.
    }
  }
}

/** What a judge said of one answer, from 0 to 1; undefined when it did not say it in a way that can be read. */
export function readScore(
  text: string,
  { low, high }: { low: number; high: number },
): { score: number; reason?: string } | undefined {
  for (const value of objectsIn(text)) {
    const { data } = scoreSchema.safeParse(value);
    if (!data) continue;
    if (data.score < low || data.score > high) return undefined;
    const score = (data.score - low) / (high - low);
    return { score, ...(data.reason !== undefined && { reason: data.reason }) };
  }
  return undefined;
}

const WON: Readonly<Record<string, number>> = { a: 1, 'answer-a': 1, b: 0, 'answer-b': 0, tie: 0.5, neither: 0.5 };

/** What the answer shown first won: 1, 0.5 for a tie, 0; undefined when the judge's reply cannot be read. */
export function readPair(text: string): { won: number; reason?: string } | undefined {
  for (const value of objectsIn(text)) {
    const { data } = pairSchema.safeParse(value);
    const won = data && Object.hasOwn(WON, data.better) ? WON[data.better] : undefined;
    if (won !== undefined) return { won, ...(data?.reason !== undefined && { reason: data.reason }) };
  }
  return undefined;
}

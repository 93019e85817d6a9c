import { readJsonLines } from '@routeprofile/data';
import { issueText, RouteProfileError, z, type RunContext } from '@routeprofile/schema';
import type { GoldLabel } from './measure.js';

const goldSchema = z.looseObject({
  id: z.union([z.string(), z.number()]).transform(String),
  model: z.string(),
  score: z.number().min(0).max(1),
});

/** Labels of people: JSON lines `{ id, model, score }`, scores from 0 to 1. */
export async function readGold(path: string, ctx: RunContext): Promise<GoldLabel[]> {
  const labels: GoldLabel[] = [];
  for await (const { line, value } of readJsonLines(path, ctx)) {
    const parsed = goldSchema.safeParse(value);
    if (!parsed.success)
      throw new RouteProfileError('BAD_INPUT', `${path}: line ${line}: ${issueText(parsed.error.issues[0]!)}`, {
        hint: 'A line is an object such as {"id": "q1", "model": "small", "score": 1}.',
      });
    labels.push(parsed.data);
  }
  return labels;
}

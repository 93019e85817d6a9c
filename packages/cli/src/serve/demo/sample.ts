import { join } from 'node:path';
import { readJsonLines, writeSample } from '@routeprofile/data';
import { RouteProfileError, z } from '@routeprofile/schema';

const rowSchema = z.object({
  task: z.string(),
  split: z.enum(['train', 'test']),
  query: z.string(),
  /** The checked answer. */
  answer: z.string(),
  models: z.record(
    z.string(),
    z.object({
      score: z.number(),
      outputTokens: z.number(),
      /** Seconds. */
      latency: z.number(),
    }),
  ),
});
/** A question of the sample, its answer, and what each simulated model did with it. */
export type SampleRow = z.infer<typeof rowSchema>;

/** Writes the sample dataset, and reads what stand-ins need of it. */
export async function openSample(dir: string, seed: number): Promise<SampleRow[]> {
  await writeSample(dir, { seed });
  const rows: SampleRow[] = [];
  for await (const { value } of readJsonLines(join(dir, 'outcomes.jsonl'))) rows.push(rowSchema.parse(value));
  if (rows.length === 0) throw new RouteProfileError('INTERNAL', 'the sample dataset has no rows');
  return rows;
}

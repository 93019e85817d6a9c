import { z } from '@routeprofile/schema';

/** Texts that differ only in case, spacing or Unicode form count as one. */
export const normalizeText = (text: string): string => text.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

/** How many of the test texts occur among the training texts. */
export function countOverlap(train: readonly string[], test: readonly string[]): number {
  // Only the test texts are kept in normal form, which are fewer, and each once.
  const counts = new Map<string, number>();
  for (const text of test) {
    const normal = normalizeText(text);
    counts.set(normal, (counts.get(normal) ?? 0) + 1);
  }
  let overlap = 0;
  for (const text of train) {
    const normal = normalizeText(text);
    overlap += counts.get(normal) ?? 0;
    counts.delete(normal);
  }
  return overlap;
}

const formattedSchema = z.object({ system: z.string().nullish(), user: z.string() });

/** The stored prompt: system, a blank line, user; null when a row has none. */
export function formattedText(formatted: unknown): string | null {
  const parsed = formattedSchema.safeParse(formatted);
  if (!parsed.success) return null;
  const { system, user } = parsed.data;
  const text = system ? `${system}\n\n${user}`.trim() : user;
  return text === '' ? null : text;
}

export { plural, someOf } from '@routeprofile/schema';

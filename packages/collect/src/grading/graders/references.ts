import type { PromptItem } from '@routeprofile/schema';

/** The right answers of an item as texts; none where it has no reference. */
export function referencesOf({ reference }: PromptItem): string[] {
  if (reference === null || reference === undefined) return [];
  return (Array.isArray(reference) ? reference : [reference]).map(String);
}

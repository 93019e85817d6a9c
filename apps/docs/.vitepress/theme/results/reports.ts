import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runReportSchema, type RunReport } from '@routeprofile/schema';

export const SETTINGS = ['standard', 'newllm'] as const;
export type Setting = (typeof SETTINGS)[number];
export const LABELS = ['published', 'regraded'] as const;
export type Labels = (typeof LABELS)[number];
/** Whether card scores and training labels that other measurements contradict are learned from. */

export type Trust = 'distrust' | 'trust';

/** Where an example's report is, from the repository's root. */
const reportPath = (example: string, name: string): string => `examples/${example}/reports/${name}.json`;

/** A committed report; what is not one is an error that names the file. */
export function readReport(example: string, name: string): RunReport {
  const path = reportPath(example, name);
  const text = readFileSync(fileURLToPath(new URL(`../../../../../${path}`, import.meta.url)), 'utf8');
  const parsed = runReportSchema.safeParse(JSON.parse(text));
  if (!parsed.success) throw new Error(`${path} is not a run report: ${parsed.error.issues[0]?.message}`);
  return parsed.data;
}

import { datasetOptionsSchema, type DatasetLayout, type DatasetOptions } from '../dataset-layout.js';
import { RouteProfileError } from '../errors.js';
import { datasetFaults } from './dataset-faults.js';
import { fingerprint } from './fingerprint.js';
import { rejectionOf } from './rejection.js';
import type { TestRunner } from './runner.js';

/** Folders that the suite reads; each call writes what it needs and gives its path. */
export interface LayoutContractFolders {
  /** Of the layout, good in every respect: at least two candidates, training and test rows. */
  good(): Promise<string>;
  /** Of other layouts, and of none, such as an empty one. */
  foreign(): Promise<readonly string[]>;
  /** Of the layout, with problems in several places; `problems` holds a part of each problem's line. */
  broken(): Promise<{ folder: string; problems: readonly string[] }>;
  /** Of the layout, without a file that has to be there, or that the options name; `file` is how the error names it. */
  incomplete(): Promise<{ folder: string; file: string; options?: Partial<DatasetOptions> }>;
}

/** The suite every dataset layout passes. */
export function describeLayoutContract(
  { describe, it, expect }: TestRunner,
  layout: DatasetLayout,
  folders: LayoutContractFolders,
): void {
  const options = (given: Partial<DatasetOptions> = {}): DatasetOptions => datasetOptionsSchema.parse(given);

  describe(`layout contract: ${layout.name}`, () => {
    it('has a name, and says what its folder holds', () => {
      expect(layout.name.length > 0 && layout.holds.length > 0).toBe(true);
    });

    it('detects its own folders and no others', async () => {
      expect(await layout.detect(await folders.good())).toBe(true);
      expect(await layout.detect((await folders.broken()).folder)).toBe(true);
      expect(await layout.detect((await folders.incomplete()).folder)).toBe(true);
      for (const folder of await folders.foreign()) expect(await layout.detect(folder)).toBe(false);
    });

    it('loads what the rest of the code can take for granted', async () => {
      const dataset = await layout.load(await folders.good(), options());
      expect(datasetFaults(dataset)).toEqual([]);
      expect([dataset.layout, dataset.mode, dataset.queryText]).toEqual([layout.name, 'standard', 'raw']);
      expect(dataset.test.queries.length > 0).toBe(true);
    });

    it('hides what training rows say of a model that is named as new', async () => {
      const folder = await folders.good();
      const { candidates, test } = await layout.load(folder, options());
      const tested = candidates.find((_, model) =>
        test.values.score.some((score, at) => at % candidates.length === model && !Number.isNaN(score)),
      );
      const newModels = [tested?.id ?? ''];
      const dataset = await layout.load(folder, options({ mode: 'newllm', newModels }));
      expect(dataset.newModels).toEqual(newModels);
      expect(datasetFaults(dataset)).toEqual([]);
    });

    it('gives the same dataset each time, and another hash under other options', async () => {
      const folder = await folders.good();
      const dataset = await layout.load(folder, options());
      expect(fingerprint(await layout.load(folder, options())) === fingerprint(dataset)).toBe(true);
      expect((await layout.load(folder, options({ seed: 7 }))).hash === dataset.hash).toBe(false);
    });

    it('finds no problem in a good folder, and checks the dataset that it loads', async () => {
      const folder = await folders.good();
      const { dataset, problems, problemCount } = await layout.check(folder, options());
      expect([problems, problemCount]).toEqual([[], 0]);
      expect(fingerprint(dataset) === fingerprint(await layout.load(folder, options()))).toBe(true);
    });

    it('reports every problem, in a check and in one error', async () => {
      const { folder, problems } = await folders.broken();
      const check = await layout.check(folder, options());
      const unsaid = (lines: readonly string[]) =>
        problems.filter((part) => !lines.some((line) => line.includes(part)));
      expect(unsaid(check.problems)).toEqual([]);
      expect([check.dataset, check.oddities, check.problemCount >= problems.length]).toEqual([null, [], true]);
      const error = await rejectionOf(layout.load(folder, options()));
      expect(RouteProfileError.isInstance(error)).toBe(true);
      expect(unsaid((error as RouteProfileError).details)).toEqual([]);
    });

    it('refuses a folder that lacks a file with one error that names it', async () => {
      const { folder, file, options: given } = await folders.incomplete();
      const error = await rejectionOf(layout.load(folder, options(given)));
      expect(RouteProfileError.isInstance(error) && error.code).toBe('MISSING_FILE');
      expect((error as RouteProfileError).message.includes(file)).toBe(true);
    });
  });
}

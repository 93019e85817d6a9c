import type { CompleteImportOptions } from '../options.js';
import type { Reader } from '../readers/table.js';

/** What runs a query of the user's; its rows are records. */
export interface Engine {
  /** @throws RouteProfileError BAD_INPUT when the query is refused or fails, now or while its rows are read; ABORTED. */
  open(sql: string, name: string): Promise<Reader>;
  close(): Promise<void>;
}

/** What an engine is told. */
export type EngineOptions = Pick<CompleteImportOptions, 'extensions' | 'database'> & {
  signal?: AbortSignal | undefined;
};

/** A reader of rows that come from a query, in lots. */
export function rowsReader(
  name: string,
  header: readonly string[],
  lots: () => AsyncGenerator<Record<string, unknown>[]>,
  sample: readonly unknown[],
): Reader {
  return {
    delimiter: undefined,
    isDocument: false,
    sample,
    header: () => Promise.resolve([...header]),
    async *records() {
      let row = 0;
      for await (const lot of lots())
        for (const fields of lot) yield { place: `${name}: row ${++row}`, fields, outer: {} };
    },
  };
}

/**
 * Lots whose first were looked at already: whoever asks first gets those and what follows, so that a query whose rows are read once is
 * run once; whoever asks later has it run again.
 */
export function onceMore<T>(begun: AsyncGenerator<T>, looked: readonly T[], again: () => AsyncGenerator<T>) {
  let first: AsyncGenerator<T> | undefined = (async function* () {
    try {
      yield* looked;
      yield* begun;
    } finally {
      await begun.return(undefined);
    }
  })();
  return (): AsyncGenerator<T> => {
    const lots = first ?? again();
    first = undefined;
    return lots;
  };
}

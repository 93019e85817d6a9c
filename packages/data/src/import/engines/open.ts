import type { CompleteImportOptions } from '../options.js';
import type { ImportSource, SourceFile } from '../sources/sources.js';
import type { Engine, EngineOptions } from './engine.js';

/** The engine that was asked for; undefined where sources are files. The packages behind them are loaded when they are asked for. */
export async function openEngine(
  engine: CompleteImportOptions['engine'],
  options: EngineOptions,
): Promise<Engine | undefined> {
  if (engine === undefined) return undefined;
  return engine === 'duckdb'
    ? (await import('./duckdb.js')).openDuckDb(options)
    : (await import('./postgres.js')).openPostgres(options);
}

/** Queries in place of files. Messages name them by what they are, for the text may be long. */
export const queriesOf = (sources: readonly ImportSource[]): SourceFile[] =>
  sources.map(({ path: sql, split }, i) => {
    const path = sources.length === 1 ? 'the query' : `query ${i + 1}`;
    return { path, portable: path, split, found: false, sql };
  });

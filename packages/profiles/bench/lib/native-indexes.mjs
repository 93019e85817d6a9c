// Libraries that an index of profiles could have been built on, behind one shape: `{ addRows(ids, vectors), finish?(), search(vector), close?() }`.
// Each is named `NAME:KIND:CANDIDATES`.
//   usearch:I8:200, usearch:F32:2000, hnswlib-node:F32:200   a graph of 16 neighbours, 128 candidates while building, CANDIDATES while searching
//   @lancedb/lancedb:ivfFlat:20, …:hnswSq:20, …:ivfPq:20      lists with a row's numbers whole, in one byte each, or by product quantisation with
//                                                           the ten times N best computed anew; CANDIDATES are the lists read
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

const each = (add) => (ids, vectors) => ids.forEach((id, i) => add(id, vectors[i]));

const NATIVE = {
  usearch: ({ Index, MetricKind, ScalarKind }, { dimensions, kind, candidates, n }) => {
    const index = new Index({
      metric: MetricKind.Cos,
      quantization: ScalarKind[kind],
      dimensions,
      connectivity: 16,
      expansion_add: 128,
      expansion_search: candidates,
    });
    return {
      addRows: each((id, vector) => index.add(BigInt(id), vector, 1)),
      search: (vector) => Array.from(index.search(vector, n, 1).keys, Number),
    };
  },
  'hnswlib-node': ({ HierarchicalNSW }, { dimensions, size, candidates, n, seed }) => {
    const index = new HierarchicalNSW('cosine', dimensions);
    index.initIndex(size + 1_000, 16, 128, seed);
    index.setEf(candidates);
    return {
      addRows: each((id, vector) => index.addPoint(Array.from(vector), id)),
      search: (vector) => index.searchKnn(Array.from(vector), n).neighbors,
    };
  },
  '@lancedb/lancedb': async ({ connect, Index }, { kind, candidates, n, folder }) => {
    const database = await connect(folder);
    let table;
    const rows = (ids, vectors) => ids.map((id, i) => ({ id, vector: Array.from(vectors[i]) }));
    return {
      addRows: async (ids, vectors) => {
        if (table) await table.add(rows(ids, vectors));
        else table = await database.createTable('adapters', rows(ids, vectors));
      },
      finish: () => table.createIndex('vector', { config: Index[kind]({ distanceType: 'cosine' }), replace: true }),
      search: async (vector) => {
        const query = table
          .vectorSearch(Array.from(vector))
          .distanceType('cosine')
          .select(['id', '_distance'])
          .limit(n);
        const found = await (kind === 'ivfPq' ? query.refineFactor(10) : query).nprobes(candidates).toArray();
        return found.map(({ id }) => Number(id));
      },
      close: () => database.close(),
    };
  },
};

/**
 * @param modules a folder whose node_modules hold the library
 * @param options `dimensions`, `size` (adapters to come), `kind`, `candidates`, `n` (how many to find), `seed`, `folder` for what lies on disk
 */
export async function openNative(name, modules, options) {
  const { resolve } = createRequire(join(modules, 'package.json'));
  const loaded = await import(pathToFileURL(resolve(name)).href);
  return NATIVE[name](loaded.default ?? loaded, options);
}

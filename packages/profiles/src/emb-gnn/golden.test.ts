import { readFileSync } from 'node:fs';
import { readNpzFile } from '@routeprofile/data';
import { describe, expect, it } from 'vitest';
import {
  createMatrix,
  parseOptions,
  rowOf,
  z,
  type HeteroGraph,
  type Matrix,
  type NodeType,
} from '@routeprofile/schema';
import { toyEncoder } from '@routeprofile/schema/testing';
import { embGnnProfile } from './emb-gnn-profile.js';

const fixtures = process.env['ROUTEPROFILE_FIXTURES'];
const folder = `${fixtures}/golden-graph/newllm-task`;

const edge = z.object({
  index: z.tuple([z.array(z.number()), z.array(z.number())]),
  score: z.array(z.number()).nullable(),
});
const file = z.object({
  nodes: z.object({ architecture: z.array(z.string()), model: z.array(z.string()), dataset: z.array(z.string()) }),
  edges: z.object({ 'architecture|arch_to_model|model': edge, 'model|model_to_dataset|dataset': edge }),
});

function goldenGraph(): HeteroGraph {
  const { nodes, edges } = file.parse(JSON.parse(readFileSync(`${folder}/graph.json`, 'utf8')));
  const relation = (source: NodeType, target: NodeType, { index, score }: z.output<typeof edge>) => ({
    name: `${source}__${target}`,
    source,
    target,
    sourceIndex: Int32Array.from(index[0]),
    targetIndex: Int32Array.from(index[1]),
    scores: score && Float32Array.from(score),
  });
  return {
    name: 'golden',
    hash: 'golden',
    nodes: [
      { type: 'family', names: nodes.architecture, texts: nodes.architecture },
      { type: 'model', names: nodes.model, texts: nodes.model },
      { type: 'task', names: nodes.dataset, texts: nodes.dataset },
    ],
    relations: [
      relation('family', 'model', edges['architecture|arch_to_model|model']),
      relation('model', 'task', edges['model|model_to_dataset|dataset']),
    ],
  };
}

describe.runIf(fixtures !== undefined)('emb-gnn under compat on the golden graph', () => {
  it.each(['sym', 'left'].flatMap((norm) => [1, 2, 4].map((hops) => [norm, hops] as const)))(
    'matches the published vectors: %s, K = %i',
    async (norm, hops) => {
      const features = await readNpzFile(`${folder}/features.npz`);
      const matrixOf = (name: string): Matrix => {
        const { shape, data } = features.get(name)!;
        return createMatrix(shape[0]!, shape[1]!, data);
      };
      const expected = await readNpzFile(`${folder}/emb_gnn_${norm}_K${hops}.npz`);
      const models = [...expected.keys()];
      const { vectors } = await embGnnProfile.build(
        {
          models,
          cards: [],
          graph: goldenGraph(),
          features: { family: matrixOf('architecture'), model: matrixOf('model'), task: matrixOf('dataset') },
          encoder: toyEncoder(768),
        },
        parseOptions(embGnnProfile, { compat: true, norm, hops }),
        { seed: 0 },
      );
      expect(models.length).toBeGreaterThan(0);
      let maxDifference = 0;
      models.forEach((model, i) => {
        const wanted = expected.get(model)!.data;
        rowOf(vectors, i).forEach((x, d) => (maxDifference = Math.max(maxDifference, Math.abs(x - wanted[d]!))));
      });
      expect(maxDifference).toBeLessThan(1e-4);
    },
  );
});

// What depth, learning rate and `compat` do to trainable-gnn, measured without any query or outcome: held-out scores of the
// graph and how far apart the candidates' profiles are.
//   ROUTEPROFILE_DATA=DIR node bench/trainable-gnn-choices.mjs [--graph NAME] [--cache DIR] [OPTIONS …]
// OPTIONS as after the strategy's name, such as `layers=4:learningRate=0.0003`; means of four seeds.
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildGraph, encodeNodes, toHetero } from '@routeprofile/graph';
import { parseOptions, parseStrategyReference } from '@routeprofile/schema';
import { createEncoder, loadDataset } from '../dist/node.js';
import { trainableGnnProfile } from '../dist/index.js';

const SEEDS = [1, 2, 3, 4];
const DEFAULT_CHOICES = [
  'layers=1',
  'layers=2',
  'layers=3',
  'layers=4',
  'learningRate=0.0003',
  'learningRate=0.003',
  'compat=true',
  'compat=true:layers=4',
];
const FIGURES = ['meanCosine', 'maxCosine', 'heldOutError', 'meanPredictorError'];

const { values: args, positionals } = parseArgs({
  allowPositionals: true,
  options: { graph: { type: 'string', default: 'task' }, cache: { type: 'string' } },
});
const data = process.env.ROUTEPROFILE_DATA;
if (!data) throw new Error('set ROUTEPROFILE_DATA to the folder that holds routeprofile/');
const folder = join(data, 'routeprofile');
// Loading wants test rows; nothing below reads them.
const dataset = await loadDataset(folder, { test: join(folder, 'route_data/routing_dev_data.json') });
const encoder = await createEncoder('use-lite', { cache: args.cache });
const graph = toHetero(buildGraph(dataset, { preset: args.graph }));
const features = await encodeNodes(graph, encoder, { seed: 1 });
await encoder.dispose?.();
const models = dataset.candidates.map(({ id }) => id);
const input = { models, cards: dataset.cards, graph, features, encoder };

console.log(`| options | ${FIGURES.join(' | ')} | best epochs |\n| --- |${' ---: |'.repeat(FIGURES.length)} --- |`);
for (const choice of positionals.length > 0 ? positionals : DEFAULT_CHOICES) {
  const options = parseOptions(trainableGnnProfile, parseStrategyReference(`x:${choice}`).options);
  const all = [];
  for (const seed of SEEDS)
    all.push((await trainableGnnProfile.build(input, options, { seed })).provenance.diagnostics);
  const mean = (name) => all.reduce((sum, figures) => sum + (figures[name] ?? NaN), 0) / all.length;
  const cells = FIGURES.map((name) => (Number.isNaN(mean(name)) ? '' : mean(name).toFixed(3)));
  console.log(`| \`${choice}\` | ${cells.join(' | ')} | ${all.map(({ bestEpoch }) => bestEpoch).join(', ')} |`);
}

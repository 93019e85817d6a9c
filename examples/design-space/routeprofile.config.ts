import { defineConfig } from '@routeprofile/cli';

// The whole design space of the paper in one run: Table 1 (14 profiles × 3 routers, on the full graph) and
// Table 2 (3 profiles × 5 graphs × 3 routers), both settings, and Table 2's profiles on a graph without families. Name the
// published data's folder in ROUTEPROFILE_DATA, the folder that holds routeprofile/.
const data = `${process.env['ROUTEPROFILE_DATA'] ?? '.'}/routeprofile`;
const published = process.env['ROUTEPROFILE_TEST'] ?? `${data}/route_data/routing_dev_data.json`;
const regraded = process.env['ROUTEPROFILE_TEST_REGRADED'] ?? `${data}/route_data/routing_dev_data_regraded.json`;

const hops = [1, 2, 3, 4];
const graphs = ['query-task', 'task-domain', 'query', 'task', 'task-only'];

export default defineConfig({
  data,
  // The reports beside this file were made with it, before static-hash became the default.
  encoder: 'use-lite',
  // As published: the code tasks' scores, which other measurements contradict, are learned from like the others.
  unreliableScores: 'trust',
  graph: 'query-task-domain',
  profile: [
    'index',
    'flat',
    ...hops.map((k) => `text-gnn:hops=${k}`),
    ...hops.map((k) => `emb-gnn:hops=${k}`),
    ...hops.map((k) => `trainable-gnn:layers=${k}`),
    ...graphs.flatMap((graph) => [`flat@${graph}`, `text-gnn@${graph}:hops=2`, `emb-gnn@${graph}:hops=2`]),
  ],
  router: ['sim', 'mlp', 'graph'],
  scenarios: [
    { name: 'standard', mode: 'standard', test: published },
    { name: 'standard-regraded', mode: 'standard', test: regraded },
    { name: 'newllm', mode: 'newllm', test: published },
    { name: 'newllm-regraded', mode: 'newllm', test: regraded },
  ],
  jobs: 2,
  out: 'out',
});

import { defineConfig } from '@routeprofile/cli';

// Score-carrying profiles and the routers that read them, on the published data: both settings, both label files, with the code
// tasks' contradicted scores distrusted (the default) and trusted. Name the folder that holds routeprofile/ in ROUTEPROFILE_DATA.
const data = `${process.env['ROUTEPROFILE_DATA'] ?? '.'}/routeprofile`;
const published = process.env['ROUTEPROFILE_TEST'] ?? `${data}/route_data/routing_dev_data.json`;
const regraded = process.env['ROUTEPROFILE_TEST_REGRADED'] ?? `${data}/route_data/routing_dev_data_regraded.json`;

const settings = ['standard', 'newllm'] as const;
const labels = { published, regraded };
const trusts = ['distrust', 'trust'] as const;

export default defineConfig({
  data,
  // The reports beside this file were made with it, before static-hash became the default.
  encoder: 'use-lite',
  profile: ['advantage'],
  router: [
    // Training-free: reads neither pairs nor outcomes.
    'attention:tune=keys',
    'attention',
    // The task's table from the cards alone, and from what cross-validation prefers.
    'two-stage:source=cards',
    'two-stage',
    'linear',
    'cluster',
    'knn',
    'irt',
    'mlp',
    'sim',
    'ensemble',
    'auto',
  ],
  scenarios: settings.flatMap((mode) =>
    trusts.flatMap((unreliableScores) =>
      Object.entries(labels).map(([name, test]) => ({
        name: `${mode}-${name}-${unreliableScores}`,
        mode,
        test,
        unreliableScores,
      })),
    ),
  ),
  jobs: 2,
  out: 'out',
});

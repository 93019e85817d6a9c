/** Who may import whom: the table of the architecture, enforced. */
const may = {
  schema: [],
  numerics: ['schema'],
  data: ['schema', 'numerics'],
  tensor: ['schema'],
  providers: ['schema'],
  'encoder-static': ['schema'],
  encoders: ['schema', 'encoder-static', 'data', 'tensor', 'providers'],
  graph: ['schema'],
  profiles: ['schema', 'numerics', 'data', 'tensor', 'providers', 'encoders', 'graph'],
  routers: ['schema', 'numerics', 'data', 'tensor'],
  eval: ['schema', 'numerics', 'data'],
  report: ['schema', 'eval'],
  collect: ['schema', 'numerics', 'data', 'providers'],
  pipeline: [
    'schema',
    'numerics',
    'data',
    'tensor',
    'providers',
    'encoder-static',
    'encoders',
    'graph',
    'profiles',
    'routers',
    'eval',
    'report',
    'collect',
  ],
  gateway: ['schema', 'numerics', 'data', 'providers', 'routers', 'eval'],
  'ai-sdk': ['schema', 'gateway'],
};
const layers = Object.entries(may).map(([name, allowed]) => ({
  name: `${name}-imports-only-${allowed.join('-') || 'zod'}`,
  severity: 'error',
  from: { path: `^packages/${name}/src` },
  to: { path: `^packages/(?!(${[name, ...allowed].join('|')})/)` },
}));
/** Only Node entries may touch the disk: files named node*.ts, under src/node/, the data package, the cli and tests. */
const nodeOnly = {
  name: 'data-only-from-node-entries',
  severity: 'error',
  from: {
    path: '^packages/(schema|numerics|tensor|providers|encoder-static|encoders|graph|profiles|routers|eval|report|gateway|ai-sdk)/src',
    pathNot: '(/src/node(/|\\.ts$|-)|\\.test\\.ts$|/src/testing)',
  },
  to: { path: '^packages/data/|^(node:)?(fs|path|os|crypto|worker_threads|child_process|module|url|zlib)(/|$)' },
};
/** What two profile strategies share lies beside them, in a folder of its own. */
const strategies = '^packages/profiles/src/(advantage|emb-gnn|flat|index-profile|irt|outcomes|text-gnn|trainable-gnn)/';
const strategiesApart = {
  name: 'no-strategy-imports-another',
  severity: 'error',
  from: { path: strategies, pathNot: '\\.test\\.ts$' },
  to: { path: strategies, pathNot: '^packages/profiles/src/$1/' },
};
module.exports = {
  forbidden: [
    ...layers,
    nodeOnly,
    strategiesApart,
    { name: 'no-circular', severity: 'error', from: { path: '^packages/[^/]+/src' }, to: { circular: true } },
    {
      name: 'no-undeclared',
      severity: 'error',
      from: { path: '^packages/[^/]+/src', pathNot: '\\.test\\.ts$' },
      // A peer that is optional stands in two places, of which the cruiser knows one.
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'], dependencyTypesNot: ['npm-peer'] },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules|dist' },
    exclude: { path: '(^|/)(dist|\\.vitest)/|tsup\\.config|vitest\\.config' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    combinedDependencies: false,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'types', 'default'] },
  },
};

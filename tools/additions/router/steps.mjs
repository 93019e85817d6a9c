// A router: a folder with the strategy and its test, a line in the list, its export, a section of the docs page.
export const router = {
  name: 'on-average',
  limit: 4,
  package: 'routers',
  folder: 'packages/routers/src/on-average',
  list: {
    file: 'packages/routers/src/built-in.ts',
    list: 'builtInRouters',
    value: 'onAverageRouter',
    from: './on-average/on-average.js',
  },
  exported: 'packages/routers/src/index.ts',
  docs: {
    file: 'apps/docs/concepts/router-strategies.md',
    before: '\n## Wrappers\n',
    text: '\n`on-average` gives every query to the model with the highest mean outcome on the training rows.\n',
  },
};

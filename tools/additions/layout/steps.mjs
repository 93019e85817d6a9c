// A layout: a folder with what reads it and its test, a line in the list, a few words in the README.
export const layout = {
  name: 'score-matrix',
  limit: 3,
  package: 'data',
  folder: 'packages/data/src/layouts/score-matrix',
  list: {
    file: 'packages/data/src/layouts/built-in.ts',
    list: 'builtInLayouts',
    value: 'scoreMatrixLayout',
    from: './score-matrix/score-matrix.js',
  },
  docs: {
    file: 'packages/data/README.md',
    before: '- **published**: ',
    text: '- **score-matrix**: `scores.json`, `{ models: [NAME], rows: [{ query, task?, split?, scores: [NUMBER or null] }] }`.\n',
  },
};

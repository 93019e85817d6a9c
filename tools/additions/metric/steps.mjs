// A metric: a file, a line in the list. Suite, tables, comparisons, intervals and the docs page take it from the list.
export const metric = {
  name: 'worst_task',
  limit: 2,
  package: 'eval',
  folder: 'packages/eval/src/metrics',
  test: 'packages/eval/src/metrics/metrics.test.ts',
  list: {
    file: 'packages/eval/src/metrics/index.ts',
    list: 'builtInMetrics',
    value: 'worstTask',
    from: './worst-task.js',
  },
};

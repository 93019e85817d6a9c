// A metric: a file (the suite of all metrics takes it from the list), a line in the list, a line of the docs page.
export const metric = {
  name: 'worst_task',
  limit: 3,
  package: 'eval',
  folder: 'packages/eval/src/metrics',
  test: 'packages/eval/src/metrics/metrics.test.ts',
  list: {
    file: 'packages/eval/src/metrics/index.ts',
    list: 'builtInMetrics',
    value: 'worstTask',
    from: './worst-task.js',
  },
  docs: {
    file: 'apps/docs/concepts/evaluation.md',
    before: '\n## New models\n',
    text: '| `worst_task` | mean score of the chosen models on the task where it is lowest; `null` where no row names a task |\n',
  },
};

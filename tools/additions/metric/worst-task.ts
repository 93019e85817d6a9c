import { reportMetric } from './report-metric.js';

/** Mean score of the chosen models on the task where it is lowest; null where no row names a task. */
export const worstTask = reportMetric({
  name: 'worst_task',
  title: 'Worst task',
  summary: 'mean score of the chosen models on the task where it is lowest',
  higherIsBetter: true,
  columns: { page: true },
  evaluate({ table, choices }) {
    const byTask = new Map<string, number[]>();
    table.queries.forEach(({ task }, q) => {
      if (task === null) return;
      const scores = byTask.get(task) ?? [];
      byTask.set(task, scores);
      scores.push(table.values.score[q * table.models.length + choices[q]!]!);
    });
    const means = [...byTask.values()].map((scores) => scores.reduce((sum, x) => sum + x, 0) / scores.length);
    return means.length === 0 ? null : Math.min(...means);
  },
});

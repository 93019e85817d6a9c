import { describe, expect, it } from 'vitest';
import { unknownName } from './unknown-name.js';

describe('a name that nothing answers to', () => {
  it.each([
    ['Knn', "Did you mean 'knn' rather than 'Knn'? Built in: knn, task-table."],
    ['task_table', "Did you mean 'task-table' rather than 'task_table'? Built in: knn, task-table."],
    ['nobody', 'Built in: knn, task-table.'],
    ['knn,k=5', 'Options are joined with a colon, not a comma: knn:k=5. Built in: knn, task-table.'],
  ])('%s', (written, hint) => {
    const names = ['knn', 'task-table'];
    const error = unknownName(`nothing is called ${written}`, { written, names, hint: 'Built in: knn, task-table.' });
    expect(error).toMatchObject({ code: 'UNKNOWN_NAME', message: `nothing is called ${written}`, hint });
  });
});

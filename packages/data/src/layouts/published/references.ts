import type { DatasetOptions } from '@routeprofile/schema';
import { familyOf } from '../../dataset/cards.js';
import type { ReadRows } from '../../dataset/read-rows.js';
import type { Problems } from '../../disk/problems.js';
import { formatPath } from '../../disk/problems.js';
import { FILES, fileMode, type PublishedFiles } from './files.js';

/**
 * Names that one file uses and another has to describe. A model, task, family or domain that nothing describes is a
 * problem; tasks of the domain map that nothing describes are only a warning, for the published map has one.
 */
export function checkReferences(files: PublishedFiles, options: DatasetOptions, problems: Problems): void {
  const mode = fileMode(options);
  const cardsFile = FILES.cards(mode);
  const undescribed = (file: string, path: (string | number)[], kind: string, name: string, where: string): void =>
    problems.add(
      file,
      formatPath(path),
      `${kind} ${JSON.stringify(name)} is described nowhere, expected an entry in ${where}`,
    );
  const checkTask = (file: string, path: (string | number)[], task: string) => {
    // Where the descriptions themselves are missing or broken, that is the one problem to tell.
    if (files.tasks.size > 0 && !files.tasks.has(task)) undescribed(file, path, 'task', task, FILES.tasks);
  };
  const checkModel = (file: string, path: (string | number)[], model: string) => {
    if (files.cards.size > 0 && !files.cards.has(model)) undescribed(file, path, 'model', model, cardsFile);
  };

  for (const [model, card] of files.cards) {
    const family = familyOf(card);
    if (family !== null && !files.families.has(family))
      undescribed(cardsFile, [model, 'architecture'], 'family', family, FILES.families);
    for (const [task, score] of Object.entries(card.detailed_scores))
      if (score !== null) checkTask(cardsFile, [model, 'detailed_scores', task], task);
  }
  for (const model of files.candidates?.keys() ?? []) checkModel(FILES.candidates, [model], model);
  for (const task of files.taskQueries?.keys() ?? []) checkTask(FILES.taskQueries(mode), [task], task);
  for (const domain of files.domainTasks.keys())
    if (!files.domains.has(domain)) undescribed(FILES.domainTasks, [domain], 'domain', domain, FILES.domains);
  files.pairs?.forEach((pair, i) => {
    const file = FILES.pairs(mode);
    checkTask(file, ['pairwise_data', i, 'task_name'], pair.task_name);
    checkModel(file, ['pairwise_data', i, 'better_model'], pair.better_model);
    checkModel(file, ['pairwise_data', i, 'worse_model'], pair.worse_model);
    if (pair.better_model === pair.worse_model)
      problems.add(
        file,
        formatPath(['pairwise_data', i]),
        `${pair.better_model} is compared with itself, expected two models`,
      );
    if (pair.query.trim() === '')
      problems.add(file, formatPath(['pairwise_data', i, 'query']), 'is empty, expected text');
  });
  checkRows(FILES.train, files.train, checkTask, checkModel);
  checkRows(files.testFile, files.test, checkTask, checkModel);
}

function checkRows(
  file: string,
  read: ReadRows | undefined,
  checkTask: (file: string, path: (string | number)[], task: string) => void,
  checkModel: (file: string, path: (string | number)[], model: string) => void,
): void {
  if (read === undefined) return;
  const reported = new Set<string>();
  read.rows.queries.forEach(({ task }, i) => {
    if (task !== null && !reported.has(task)) checkTask(file, [i, 'task_name'], task);
    reported.add(task ?? '');
  });
  for (const model of read.rows.models) checkModel(file, ['model_performance', model], model);
}

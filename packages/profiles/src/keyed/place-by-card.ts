import type { ModelCard } from '@routeprofile/schema';
import { placeModel, type AdvantageModel, type Placed } from './advantages.js';
import { cardCell } from './score-table.js';

/** A model by what its card says of the tasks of the fit. */
export function placeByCard(
  fit: AdvantageModel,
  card: ModelCard | undefined,
  { distrust, queriesOf }: { distrust: boolean; queriesOf: (task: string) => number | undefined },
): Placed {
  const cells = fit.tasks.map((task) => card && cardCell(card, task, distrust, queriesOf(task)));
  return placeModel(
    fit,
    cells.map((cell) => cell?.value ?? NaN),
    cells.map((cell) => cell?.count ?? 0),
  );
}

import { fixed, plural, signed } from '../report/format.js';
import { constants } from '../report/view.js';
import { spaceCells } from './cells.js';
import { paperTables } from './paper-tables.js';
import type { DesignSpaceScenario } from './schema.js';
import { scenarioTables } from './tables.js';

const { setup } = paperTables;
/** Averages that differ by less tell nothing about the rows. */
const SAME_LEVEL = 0.0005;

/** What is not as it was in the paper, in sentences, as far as the report tells. */
export function differences(scenario: DesignSpaceScenario): string[] {
  const { report } = scenario;
  const cells = spaceCells(report);
  const mainGraph = scenarioTables(scenario).main.graph;
  const repaired = cells.some(
    ({ options }) => options.profile['compat'] !== true || options.router['compat'] === false,
  );
  const extractive = cells.some(
    ({ profile, options }) => profile === 'text-gnn' && options.profile['summarizer'] === 'extractive',
  );
  return [
    ...(report.rowsUsed === setup.rows && report.dataset.test === setup.test
      ? []
      : [
          `${plural(report.rowsUsed, 'test row')} with the labels of ${report.dataset.test}; the paper used all ${setup.rows} of ${setup.test}.`,
        ]),
    ...levelDifference(scenario),
    ...(report.mode === setup.mode
      ? []
      : [
          `Cold start: ${report.newModels.join(', ')} ${report.newModels.length === 1 ? 'has' : 'have'} no training outcomes. The paper's two tables are of the standard setting.`,
        ]),
    ...(report.encoder.includes('longformer')
      ? []
      : [`Texts are encoded with ${report.encoder}; the paper used ${setup.encoder}.`]),
    ...(repaired
      ? ['Profiles and routers run with their repaired defaults, not as published, except in rows marked compat.']
      : []),
    ...(extractive
      ? [
          `Text-GNN texts are put together from sentences of the neighbourhood; in the paper ${setup.summarizer} wrote them.`,
        ]
      : []),
    ...(mainGraph === setup.graph
      ? []
      : [`The main table is on the graph ${mainGraph}; the paper's is on ${setup.graph}.`]),
    ...seedDifference(new Set(report.rows.map(({ seed }) => seed)).size),
  ];
}

function seedDifference(seeds: number): string[] {
  if (seeds === 0) return [];
  const ours =
    seeds === 1
      ? 'One seed; the intervals cover the choice of test rows, not the randomness of training.'
      : `Means over ${seeds} seeds; the intervals cover the choice of test rows only, and their ends are means as well.`;
  return [`${ours} The paper gives one seed and no intervals.`];
}

/** How much higher or lower the rows and labels alone put everything, by what the constants score. */
function levelDifference({ report }: DesignSpaceScenario): string[] {
  const here = new Map(constants(report).map(({ model, baseline }) => [model, baseline.metrics['avg_performance']]));
  const pairs = paperTables.constants.flatMap(({ model, average }) => {
    const own = here.get(model);
    return own == null ? [] : [{ own, average }];
  });
  if (pairs.length < paperTables.constants.length) return [];
  const mean = (pick: (pair: { own: number; average: number }) => number) =>
    pairs.reduce((sum, pair) => sum + pick(pair), 0) / pairs.length;
  const [own, theirs] = [mean((pair) => pair.own), mean((pair) => pair.average)];
  if (Math.abs(own - theirs) < SAME_LEVEL) return [];
  return [
    `Always choosing one model scores ${fixed(own)} here and ${fixed(theirs)} in the paper, on average over the ${pairs.length} models: ${signed(own - theirs)} comes from rows and labels alone.`,
  ];
}

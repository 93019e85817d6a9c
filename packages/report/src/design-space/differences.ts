import { paperDifferences, paperTables, type DesignSpaceScenario, type PaperDifference } from '@routeprofile/eval';
import { fixed, signed } from '@routeprofile/eval/format';
import { plural } from '@routeprofile/schema';
import { newModelNames } from '../new-models.js';

const { setup } = paperTables;

/** What is not as it was in the paper, in sentences, as far as the report tells. */
export const differences = (scenario: DesignSpaceScenario): string[] => paperDifferences(scenario).map(differenceText);

function differenceText(found: PaperDifference): string {
  switch (found.kind) {
    case 'rows':
      return `${plural(found.rows, 'test row')} with the labels of ${found.test}; the paper used all ${setup.rows} of ${setup.test}.`;
    case 'level':
      return `Always choosing one model scores ${fixed(found.own)} here and ${fixed(found.paper)} in the paper, on average over the ${found.models} models: ${signed(found.own - found.paper)} comes from rows and labels alone.`;
    case 'new-models':
      return `Cold start: ${newModelNames(found)} ${found.newModels.length === 1 ? 'has' : 'have'} no training outcomes. The paper's two tables are of the standard setting.`;
    case 'encoder':
      return `Texts are encoded with ${found.encoder}; the paper used ${setup.encoder}.`;
    case 'repaired':
      return 'Profiles and routers run with their repaired defaults, not as published, except in rows marked compat.';
    case 'extractive':
      return `Text-GNN texts are put together from sentences of the neighbourhood; in the paper ${setup.summarizer} wrote them.`;
    case 'graph':
      return `The main table is on the graph ${found.graph}; the paper's is on ${setup.graph}.`;
    case 'seeds':
      return `${
        found.seeds === 1
          ? 'One seed; the intervals cover the choice of test rows, not the randomness of training.'
          : `Means over ${found.seeds} seeds; the intervals cover the choice of test rows only, and their ends are means as well.`
      } The paper gives one seed and no intervals.`;
  }
}

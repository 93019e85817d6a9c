import type { Overview } from '../../overview/overview.js';
import { scoreRange, shareBar } from './bars.js';
import { byId, createTable, type Row } from './dom.js';
import { between, dollars, percent } from './format.js';

const routeName = (route: string | null): string => route ?? 'none: the request names its model';

const routeRows = ({ routes }: Overview): Row[] =>
  routes.map(({ route, decisions, answered, cost, compared: { bestSingleCost, decisions: known, saved } }) => [
    routeName(route),
    saved === undefined ? 'not known' : percent(saved.value),
    saved === undefined ? '–' : between(saved, percent),
    dollars(cost),
    known === 0 ? 'not known' : dollars(bestSingleCost),
    `${answered} of ${decisions}`,
    known === decisions ? 'all' : `${known} of ${decisions}`,
  ]);

const shareRows = ({ routes }: Overview): Row[] =>
  routes.flatMap(({ route, decisions, answered, models }) =>
    models.map(({ model, chosen, served }) => [
      model,
      answered === 0 ? '–' : shareBar(served / answered),
      `${served} of ${answered}`,
      `${chosen} of ${decisions}`,
      routeName(route),
    ]),
  );

const qualityRows = ({ quality }: Overview): Row[] =>
  quality.map(({ model, judged, mean, low, high, spend }) => [
    model,
    mean.toFixed(2),
    scoreRange({ low, mean, high }),
    String(judged),
    spend.perUseful !== undefined ? dollars(spend.perUseful) : spend.judged === 0 ? 'not known' : 'none was useful',
  ]);

/** A section with one table, which is hidden while there is nothing to tell. */
function tableSection(
  id: string,
  caption: string,
  heads: readonly string[],
  rowsOf: (overview: Overview) => readonly Row[],
): (overview: Overview) => void {
  const section = byId(id, HTMLElement);
  const { whole, show } = createTable(caption, heads);
  section.append(whole);
  return (overview) => {
    const rows = rowsOf(overview);
    section.hidden = rows.length === 0;
    show(rows);
  };
}

const learningRows = ({ learning = [] }: Overview): Row[] =>
  learning.map(({ route, strategy, mode, version, observed, waiting, catchingUp, skipped }) => {
    const left = Object.entries(skipped).map(([why, count]) => `${count} ${why}`);
    return [
      route,
      strategy,
      mode,
      String(observed),
      String(version),
      catchingUp ? 'reads the past' : String(waiting),
      left.length === 0 ? 'none' : left.join(', '),
    ];
  });

const pinRows = ({ pins = [] }: Overview): Row[] => {
  const all = pins.reduce((sum, { conversations }) => sum + conversations, 0);
  return pins.map(({ model, conversations }) => [model, shareBar(conversations / all), String(conversations)]);
};

/** The tables of figures. @returns shows an overview in them */
export function createFigures(): (overview: Overview) => void {
  const sections = [
    tableSection(
      'routes',
      'Spent and saved, per route',
      ['route', 'saved', '95 % interval', 'spent', 'the best single model for all', 'answered', 'decisions compared'],
      routeRows,
    ),
    tableSection(
      'shares',
      'Models, per route',
      ['model', 'share of the answers', 'answered', 'chosen', 'route'],
      shareRows,
    ),
    tableSection(
      'quality',
      'Mean score of the feedback, per model',
      ['model', 'mean, 0 to 1', '95 % interval', 'answers judged', 'cost per useful answer'],
      qualityRows,
    ),
    tableSection(
      'learning',
      'Learning from feedback, per route',
      ['route', 'learner', 'mode', 'judged decisions learned from', 'of these in use', 'waiting', 'left out'],
      learningRows,
    ),
    tableSection('pins', 'Conversations, per model', ['model', 'share', 'conversations'], pinRows),
  ];
  const [decisions, judged] = ['window', 'judged'].map((id) => byId(id, HTMLElement));
  return (overview) => {
    const whose = overview.tenant === 'local' ? '' : ` of ${overview.tenant}, and of no other key`;
    decisions!.textContent = `Of the last ${overview.window.decisions} decisions at most${whose}.`;
    judged!.textContent = `Of what was said of the last ${overview.window.judged} decisions at most.`;
    for (const show of sections) show(overview);
  };
}

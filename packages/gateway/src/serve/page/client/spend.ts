import type { BudgetState } from '../../overview/budget-states.js';
import type { Overview } from '../../overview/overview.js';
import type { SpendSummary } from '../../overview/spend.js';
import type { UsefulSpend } from '../../overview/useful.js';
import { element } from './dom.js';
import { between, counted, dollars, duration, percent } from './format.js';

const tile = (name: string, figure: string, small: string, className = ''): HTMLElement =>
  element(
    'div',
    {},
    element('dt', {}, name),
    element('dd', { className: `figure ${className}` }, figure),
    element('dd', { className: 'small' }, small),
  );

/** What was saved against the best single model. */
function savedTile({ compared, decisions }: SpendSummary): HTMLElement {
  const { cost, bestSingleCost, saved: share } = compared;
  if (compared.decisions === 0 || bestSingleCost === 0)
    return tile('Saved', 'not known', 'no decision says what the best single model would have cost');
  const saved = bestSingleCost - cost;
  const over =
    compared.decisions < decisions ? `, over ${compared.decisions} of ${counted(decisions, 'decision')}` : '';
  // Of what was spent more the ends are told as such, too.
  const ends =
    share === undefined || share.low === null || share.high === null
      ? ''
      : `; 95 % interval ${saved >= 0 ? between(share, percent) : between({ low: -share.high, high: -share.low }, percent)}`;
  return saved >= 0
    ? tile('Saved', percent(saved / bestSingleCost), `${dollars(saved)}${over}${ends}`, 'saved')
    : tile('Spent more', percent(-saved / bestSingleCost), `${dollars(-saved)}${over}${ends}`, 'lost');
}

/** What a useful answer costs, by feedback; none where nothing was judged. */
const usefulTiles = ({ judged, perUseful }: UsefulSpend): HTMLElement[] =>
  judged === 0
    ? []
    : [
        tile(
          'Per useful answer',
          perUseful === undefined ? 'none was' : dollars(perUseful),
          `${counted(judged, 'answer')} judged of the last 50`,
        ),
      ];

/** What is left of a budget, and λ where it is paced. */
const budgetTile = ({ kind, name, left, dollars: whole, per, renewsInMs, lambda }: BudgetState): HTMLElement =>
  tile(
    kind === 'key' ? 'Budget' : `Budget of ${name}`,
    dollars(left),
    `left of ${dollars(whole)} per ${per}, whole again in ${duration(renewsInMs)}${lambda === undefined ? '' : `; λ ${Number(lambda.toPrecision(3))}, the chances of a right answer that a dollar must buy`}`,
  );

/** The figures of the last decisions, as tiles. */
export function spendTiles({ spend, useful, budgets }: Pick<Overview, 'spend' | 'useful' | 'budgets'>): HTMLElement[] {
  const { decisions, answered, fellBack, cost, unpriced, compared } = spend;
  const open = unpriced > 0 ? `; the cost of ${unpriced} is not known` : '';
  const single = compared.models.join(' or ');
  return [
    tile('Spent', dollars(cost), `the last ${counted(decisions, 'decision')}${open}`),
    tile(
      'One model for all',
      compared.decisions === 0 ? 'not known' : dollars(compared.bestSingleCost),
      compared.decisions === 0 ? 'no decision names the best single model' : `always ${single}, estimated`,
    ),
    savedTile(spend),
    tile('Answered', `${answered} of ${decisions}`, `${fellBack} by another model than the one chosen`),
    ...usefulTiles(useful),
    ...budgets.map(budgetTile),
  ];
}

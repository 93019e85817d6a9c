import type { ModelCard } from '@routeprofile/schema';
import type { GraphSource } from '../build.js';

export const card = (
  name: string,
  family: string | null,
  scores: Record<string, number>,
  auxiliary = false,
): ModelCard => ({
  name,
  text: `About ${name}.`,
  family,
  scores: new Map(Object.entries(scores).map(([task, value]) => [task, { value }])),
  price: null,
  auxiliary,
});

/** Three families (one of a single auxiliary model), five models, four measured tasks of five, three domains, seven queries. */
export const synthetic: GraphSource = {
  cards: [
    card('small', 'Alpha', { qa: 40, math: 10.5 }),
    card('large', 'Beta', { math: 80, code: 71 }),
    card('odd', null, { qa: -7 }),
    card('bare', 'Alpha', {}),
    card('other', 'Gamma', { 'logic grid': 12 }, true),
  ],
  families: ['Gamma', 'Beta', 'Alpha'].map((name) => ({ name, text: `The ${name} family.` })),
  tasks: ['code', 'qa', 'math', 'logic grid', 'unused'].map((name) => ({ name, text: `The task ${name}.` })),
  domains: [
    { name: 'knowledge', text: 'Knowing things.', tasks: ['qa', 'QA', 'unused'] },
    { name: 'reasoning', text: 'Thinking.', tasks: ['math', 'logic grid', 'code', 'qa'] },
    { name: 'empty', text: 'Nothing.', tasks: [] },
  ],
  taskQueries: [
    { task: 'math', queries: ['1+1?', '2+2?', '1+1?'] },
    { task: 'unused', queries: ['who asks?', 'nobody'] },
    { task: 'qa', queries: ['What is a <cat> & a "dog"?', ''] },
  ],
};

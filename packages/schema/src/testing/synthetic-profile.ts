import type { Encoder } from '../encoder.js';
import type { HeteroGraph, NodeSet, Relation } from '../graph.js';
import type { ProfileInput } from '../profile.js';
import { createRandom } from '../random.js';
import type { RouterTraining } from '../training.js';
import { emptyOutcomes, pairsOf, TASKS } from './synthetic.js';
import { toyEncoder } from './toy-encoder.js';

const nodeSet = (type: NodeSet['type'], names: string[], texts: string[]): NodeSet => ({ type, names, texts });

function relation(
  source: Relation['source'],
  target: Relation['target'],
  edges: [number, number, number?][],
): Relation {
  const scored = edges.some((edge) => edge[2] !== undefined);
  return {
    name: `${source}__${target}`,
    source,
    target,
    sourceIndex: Int32Array.from(edges, (edge) => edge[0]),
    targetIndex: Int32Array.from(edges, (edge) => edge[1]),
    scores: scored ? Float32Array.from(edges, (edge) => edge[2] ?? 0) : null,
  };
}

/** Training rows, columns in the order of the models asked for; what a model did does not depend on that order. */
async function profileTraining(models: readonly string[], encoder: Encoder, missing: number): Promise<RouterTraining> {
  const tasks = Array.from({ length: 36 }, (_, q) => TASKS[q % TASKS.length]!);
  const texts = tasks.map((task, q) => `question ${q} about ${task}`);
  const outcomes = emptyOutcomes(tasks.length, models.length);
  models.forEach((model, m) => {
    const random = createRandom(7, 'synthetic profile', model);
    tasks.forEach((task, q) => {
      const right = random.float() < (TASKS.indexOf(task) === model.length % TASKS.length ? 0.9 : 0.4);
      if (random.float() >= missing) outcomes.score[q * models.length + m] = right ? 1 : 0;
    });
  });
  return {
    queries: { texts, vectors: await encoder.encode(texts), encoder: encoder.id },
    tasks,
    pairs: pairsOf(outcomes, tasks.length, models.length),
    outcomes,
  };
}

/** What a synthetic profile input holds beside its graph. */
export interface SyntheticProfileOptions {
  /** Ids of the models asked for. Default `alpha`, `beta` and `gamma`; `delta` is auxiliary. */
  models?: readonly string[];
  /** Training rows with this share of the outcomes missing. Default: no training rows. */
  missing?: number;
}

/** Two families, four models (one auxiliary), three tasks, one domain, six queries. */
export async function syntheticProfileInput(options: SyntheticProfileOptions = {}): Promise<ProfileInput> {
  const models = ['alpha', 'beta', 'gamma', 'delta'];
  const nodes = [
    nodeSet('family', ['north', 'south'], ['models of the north', 'models of the south']),
    nodeSet('model', models, [
      'a quick model',
      'a careful model for code',
      'a model that knows history',
      'an old model',
    ]),
    nodeSet('task', TASKS, ['sums and products', 'dates and kings', 'functions and loops']),
    nodeSet('domain', ['knowledge'], ['what one can look up']),
    nodeSet(
      'query',
      TASKS.flatMap((task) => [`${task}#0`, `${task}#1`]),
      ['2 + 2?', '3 times 7?', 'who was king in 1066?', 'when did Rome fall?', 'write a loop', 'reverse a list'],
    ),
  ];
  const scores: [number, number, number?][] = [
    [0, 0, 80],
    [0, 2, 20],
    [1, 2, 90],
    [1, 0, 40],
    [2, 1, 75],
    [3, 0, 10],
    [3, 1, 30],
    [3, 2, 5],
  ];
  const graph: HeteroGraph = {
    name: 'synthetic',
    hash: 'synthetic',
    nodes,
    relations: [
      relation(
        'family',
        'model',
        models.map((_, m) => [m % 2, m]),
      ),
      relation('model', 'task', scores),
      relation('domain', 'task', [[0, 1]]),
      relation(
        'query',
        'task',
        Array.from({ length: 6 }, (_, q) => [q, Math.floor(q / 2)]),
      ),
    ],
  };
  const encoder = toyEncoder();
  const { models: asked = models.slice(0, 3), missing } = options;
  return {
    models: asked,
    ...(missing !== undefined && { training: await profileTraining(asked, encoder, missing) }),
    cards: models.map((name, m) => ({
      name,
      text: nodes[1]!.texts[m]!,
      family: nodes[0]!.names[m % 2]!,
      scores: new Map(
        scores.filter(([model]) => model === m).map(([, task, value]) => [TASKS[task]!, { value: value ?? 0 }]),
      ),
      price: null,
      auxiliary: name === 'delta',
    })),
    graph,
    features: Object.fromEntries(
      await Promise.all(nodes.map(async (set) => [set.type, await encoder.encode(set.texts)] as const)),
    ),
    encoder,
  };
}

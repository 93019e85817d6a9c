import type { DesignSpace, DesignSpaceScenario } from '@routeprofile/eval';
import { plural } from '@routeprofile/schema';

const TITLES: Readonly<Record<string, string>> = {
  index: 'Index',
  flat: 'Flat',
  'text-gnn': 'Text-GNN',
  'emb-gnn': 'Emb-GNN',
  'trainable-gnn': 'Trainable GNN',
  sim: 'Sim',
  mlp: 'MLP',
  graph: 'Graph',
};

/** A profile or router as the paper calls it; others keep their names. */
export const title = (name: string): string => (Object.hasOwn(TITLES, name) ? TITLES[name]! : name);

export const hopsText = (hops: number | null): string => (hops === null ? '' : plural(hops, 'hop'));

/** A sentence, and the scenarios it holds for, in order. */
export interface Remark {
  text: string;
  scenarios: string[];
}

/** The sentences of all scenarios, equal ones once, those that hold for more scenarios first. */
export function remarksOf({ scenarios }: DesignSpace, of: (scenario: DesignSpaceScenario) => string[]): Remark[] {
  const found = new Map<string, string[]>();
  for (const scenario of scenarios)
    for (const text of new Set(of(scenario))) found.set(text, [...(found.get(text) ?? []), scenario.name]);
  return [...found]
    .map(([text, names]) => ({ text, scenarios: names }))
    .sort((a, b) => b.scenarios.length - a.scenarios.length);
}

/** `standard, newllm: …`, or the sentence alone where it holds for all scenarios. */
export const remarkText = (space: DesignSpace, { text, scenarios }: Remark): string =>
  scenarios.length === space.scenarios.length ? text : `${scenarios.join(', ')}: ${text}`;

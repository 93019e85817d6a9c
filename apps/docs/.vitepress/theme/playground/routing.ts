import type { Reason } from '@routeprofile/schema';

/** One model's standing for a query; null = not known. */
export interface ModelScore {
  model: string;
  /** The router's own score: higher is better, comparable within one query. */
  score: number;
  /** Chance of being right, 0 to 1. */
  chance: number | null;
  /** Expected dollars of the call. */
  cost: number | null;
  /** Expected seconds of the call. */
  latency: number | null;
}

/** The choice when a dollar weighs λ. */
export interface PricedChoice {
  lambda: number;
  model: string;
  /** Why, in the words of the wrapper `cost`; null at λ = 0, where cost does not count. */
  reason: string | null;
}

/** A training query near the one asked. */
export interface Neighbour {
  id: string;
  text: string;
  task: string | null;
  /** Cosine. */
  similarity: number;
  /** What each model scored on it, in the order of the models. */
  outcomes: (number | null)[];
}

/** A task, as the profile sees it. */
export interface Advantage {
  task: string;
  /** Share of the nearest training queries that are of this task. */
  share: number;
  /** Of each model over the others, as a share of one (0.1 is ten points), in the order of the models. */
  advantages: (number | null)[];
}

/** Everything the page shows of one query. */
export interface Routing {
  query: string;
  encoder: string;
  /** Best first. */
  scores: ModelScore[];
  /** Why the router ranks as it does, before cost counts. */
  reasons: Reason[];
  /** One a position of the slider. */
  choices: PricedChoice[];
  neighbours: Neighbour[];
  tasks: Advantage[];
  seconds: { encode: number; decide: number };
}

/** Datasets: one typed object whatever the layout on disk. Nothing here depends on files. */

/**
 * `newllm`: some candidates have no training outcomes, and the question is whether a router finds them. `standard`: all
 * have.
 */
export type Mode = 'standard' | 'newllm';
/**
 * The text of a query: as asked (`raw`, the default), or with the dataset's prompt template (`formatted`), which gives
 * the task away.
 */
export type QueryTextPolicy = 'raw' | 'formatted';

/** Dollars per million tokens. */
export interface Price {
  input: number;
  output: number;
  /** For input read from the provider's prompt cache. Absent: as `input`. */
  cachedInput?: number;
  /** For input written to that cache. Absent: as `input`. */
  cacheWrite?: number;
}

/** What a model can read and write, in tokens; what is absent counts as unlimited. */
export interface Limits {
  /** Tokens the model can read and write together. */
  contextTokens?: number;
  maxOutputTokens?: number;
}

/** What a model offers beyond text. What is absent counts as not offered where anything is declared; see `whatLacks`. */
export interface Capabilities {
  jsonMode?: boolean;
  /** Answers by a JSON schema of the caller's. */
  jsonSchema?: boolean;
  tools?: boolean;
  vision?: boolean;
  /** Takes audio. */
  audio?: boolean;
  /** Gives log probabilities of its tokens. */
  logprobs?: boolean;
  /** Can think before it answers. */
  reasoning?: boolean;
  /** Where the model runs, such as `eu` or `local`. */
  region?: string;
  /** Runs on the user's own machines: nothing leaves the house. */
  local?: boolean;
}

/** Seconds. */
export interface Latency {
  firstToken?: number;
  perOutputToken?: number;
  /** Mean of a whole call; of models that only a profile describes, the median it states. */
  total?: number;
  /** 90 of 100 calls take at most this. */
  p90?: number;
}

/** Mean tokens of one call. */
export interface TokenUse {
  input?: number;
  output?: number;
}

/** A model a router may choose, or a model with settings (effort, prompt). */
export interface Candidate {
  /** What everything is keyed by: outcomes, cards, profiles, decisions, reports, saved routers. Unique in a dataset. */
  id: string;
  /** The model to call; several candidates may share one, with settings of their own. */
  model: string;
  /** Settings to call it with. */
  params?: Record<string, unknown>;
  price?: Price;
  limits?: Limits;
  capabilities?: Capabilities;
  latency?: Latency;
  /** Mean tokens of a call, by task. */
  tokensPerTask?: Readonly<Record<string, TokenUse>>;
}

/** What a model's card says of one task. */
export interface TaskScore {
  /** On the scale of the task's source, usually 0–100. */
  value: number;
  /** Rows behind the mean, where known. */
  count?: number;
  /** Contradicted by what was measured of other models, so that score-carrying profiles count it as not measured. */
  unreliable?: true;
}

/** What is written about a model. */
export interface ModelCard {
  /** The candidate's `id`, or an auxiliary model's name. */
  name: string;
  text: string;
  /** null: no family node. */
  family: string | null;
  /** Measured tasks only, in the order of the card. */
  scores: ReadonlyMap<string, TaskScore>;
  price: Price | null;
  /** Described, but not a candidate. */
  auxiliary: boolean;
}

/** A family's, task's or domain's name and the text that describes it. */
export interface Description {
  name: string;
  text: string;
}

/** A domain and the names of the tasks it covers. */
export interface DomainDescription extends Description {
  tasks: readonly string[];
}

/** Where a query stands in a trajectory: the calls of an agent on one thing, one after the other. */
export interface TrajectoryStep {
  /** Which trajectory; unique in the dataset. */
  trajectory: string;
  /** Its place: steps are in ascending order, some may be missing. */
  index: number;
  /** Tokens at the beginning of the prompt that are the whole prompt of the step before, which a provider's cache may hold; 0: none. */
  sharedTokens: number;
}

/** One query of a dataset. */
export interface QueryRecord {
  id: string;
  /** The text a router sees. */
  text: string;
  /** A label for evaluation; null when unknown. */
  task: string | null;
  /** Absent: a query that stands alone. */
  step?: TrajectoryStep;
}

/** Row-major [queries × models]; NaN = not measured. Units: score as stored, dollars per call, tokens, seconds. */
export interface OutcomeValues {
  score: Float64Array;
  cost: Float64Array;
  inputTokens: Float64Array;
  outputTokens: Float64Array;
  latency: Float64Array;
  /** Chance in (0, 1] with which the model was chosen where a policy chose it; NaN = unknown. Absent: no row says. */
  propensity?: Float64Array;
}

/** The same outcomes with every column put through `change`, such as one that takes some rows. */
export const mapOutcomes = (
  { score, cost, inputTokens, outputTokens, latency, propensity }: OutcomeValues,
  change: (column: Float64Array) => Float64Array,
): OutcomeValues => ({
  score: change(score),
  cost: change(cost),
  inputTokens: change(inputTokens),
  outputTokens: change(outputTokens),
  latency: change(latency),
  ...(propensity && { propensity: change(propensity) }),
});

/**
 * The outcomes of the given rows, in the order given.
 * @param width columns of the table: its models
 */
export const takeOutcomes = (values: OutcomeValues, rows: Int32Array, width: number): OutcomeValues =>
  mapOutcomes(values, (column) => {
    const out = new Float64Array(rows.length * width);
    rows.forEach((row, i) => out.set(column.subarray(row * width, (row + 1) * width), i * width));
    return out;
  });

/** Outcomes of every model on every query; models by candidate id. `values` is [queries × models] in the order of the two lists. */
export interface OutcomeTable {
  models: readonly string[];
  queries: readonly QueryRecord[];
  values: OutcomeValues;
}

/** Two outcomes of one query; the numbers index the training queries and the models. */
export interface PreferencePair {
  query: number;
  better: number;
  worse: number;
}

/** What a router may learn from: pairs, full outcomes, or both. Models are the dataset's candidates in order. */
export interface TrainingData {
  /** Distinct queries. */
  queries: readonly QueryRecord[];
  pairs: readonly PreferencePair[];
  /** Aligned with `queries`; null where only pairs are known. */
  outcomes: OutcomeValues | null;
}

/**
 * A model that is not a candidate, having too few training outcomes: on less than `minCoverage` of the rows (95 % by default), or
 * in a log fewer than `minOutcomes` (30).
 */
export interface LeftOut {
  model: string;
  /** Share of the training rows with an outcome. */
  coverage: number;
}

/**
 * What `loadDataset` of `@routeprofile/data` returns: candidates, descriptions, training data and test rows.
 * Units: scores as stored, dollars per call, prices in dollars per million tokens, latency in seconds.
 */
export interface Dataset {
  name: string;
  /** How its folder is laid out: the name of a `DatasetLayout`, such as `outcomes`. */
  layout: string;
  mode: Mode;
  queryText: QueryTextPolicy;
  /** True when outcomes were simulated; to be said wherever a number from it is shown. */
  simulated: boolean;
  /** Hash of everything that was read, options included. */
  hash: string;
  candidates: readonly Candidate[];
  /** Candidates without training outcomes (mode newllm). */
  newModels: readonly string[];
  leftOut: readonly LeftOut[];
  /**
   * The training rows are a log: most queries were answered by one model or a few, as the traffic of a product is, and what
   * another model would have done there is unknown. Absent: the candidates were asked the same queries, but for a few.
   */
  logged?: true;
  /** Candidates and auxiliary models, in file order. */
  cards: readonly ModelCard[];
  families: readonly Description[];
  tasks: readonly Description[];
  domains: readonly DomainDescription[];
  /** Example queries of each task, for graphs that hold queries. */
  taskQueries: readonly { task: string; queries: readonly string[] }[];
  train: TrainingData;
  /** All test rows; evaluation uses those where every candidate has an outcome. */
  test: OutcomeTable;
  /** Test queries whose text occurs among the training queries. */
  overlap: number;
  /** Long texts that many training queries begin with, such as few-shot examples; queries are encoded without them. */
  sharedPrefixes?: readonly string[];
  /** What the provenance of everything that is made of it has to say of its numbers, a phrase each, such as that rows are a sample. */
  notes?: readonly string[];
  /** What the loader did that people should know of, a sentence each. */
  warnings: readonly string[];
}

/** The simulated models: names and families are made up, so that nobody takes their scores for a real model's. */
export interface SimulatedModel {
  name: string;
  family: string;
  text: string;
  /** Billions of parameters, for the card. */
  parameters: number;
  contextTokens: number;
  /** Dollars per million tokens. */
  price: { input: number; output: number };
  /** Mean ability over tasks, on the scale of the item-response model. */
  ability: number;
  /** Added to the ability on some tasks. */
  strengths: Readonly<Record<string, number>>;
  /** Output tokens relative to a plain answer. */
  verbosity: number;
  /** Seconds to the first token, and per output token. */
  latency: { first: number; perToken: number };
}

export const FAMILY_TEXTS: Readonly<Record<string, string>> = {
  Kestrel: 'Simulated family of general assistants with broad knowledge and careful, long answers.',
  Heron: 'Simulated family trained mostly on source code and structured text.',
  Otter: 'Simulated family trained on mathematics, measurements and calendars.',
  Lynx: 'Simulated family tuned to follow instructions and to read documents.',
};

export const MODELS: readonly SimulatedModel[] = [
  {
    name: 'sim-kestrel-xl',
    family: 'Kestrel',
    text: 'Simulated model. The largest Kestrel: strong everywhere, best at logic puzzles, slow and expensive, explains at length.',
    parameters: 400,
    contextTokens: 200_000,
    price: { input: 3, output: 12 },
    ability: 1.3,
    strengths: { logic: 0.6, 'unit-conversion': 0.2 },
    verbosity: 2.2,
    latency: { first: 0.9, perToken: 0.02 },
  },
  {
    name: 'sim-kestrel-mini',
    family: 'Kestrel',
    text: 'Simulated model. A small Kestrel for everyday questions: even quality, short answers, low price.',
    parameters: 9,
    contextTokens: 128_000,
    price: { input: 0.15, output: 0.6 },
    ability: 0,
    strengths: { logic: 0.3 },
    verbosity: 1.1,
    latency: { first: 0.3, perToken: 0.008 },
  },
  {
    name: 'sim-heron-coder',
    family: 'Heron',
    text: 'Simulated model. Made for source code: traces programs and changes strings precisely, weak with calendars and word problems.',
    parameters: 34,
    contextTokens: 64_000,
    price: { input: 0.5, output: 1.5 },
    ability: 0.3,
    strengths: {
      'code-tracing': 1.7,
      'string-manipulation': 1.3,
      'format-following': 0.4,
      arithmetic: -0.4,
      dates: -0.5,
    },
    verbosity: 1.3,
    latency: { first: 0.5, perToken: 0.012 },
  },
  {
    name: 'sim-heron-small',
    family: 'Heron',
    text: 'Simulated model. A small Heron that completes code and string exercises at a very low price.',
    parameters: 3,
    contextTokens: 32_000,
    price: { input: 0.05, output: 0.1 },
    ability: -0.9,
    strengths: { 'code-tracing': 0.9, 'string-manipulation': 0.8 },
    verbosity: 0.9,
    latency: { first: 0.2, perToken: 0.005 },
  },
  {
    name: 'sim-otter-math',
    family: 'Otter',
    text: 'Simulated model. Made for mathematics: word problems, units and dates step by step, weak at strict output formats.',
    parameters: 70,
    contextTokens: 32_000,
    price: { input: 0.8, output: 2.4 },
    ability: 0.4,
    strengths: { arithmetic: 1.5, 'unit-conversion': 1.2, dates: 1.3, 'format-following': -0.8, 'table-lookup': -0.2 },
    verbosity: 2.6,
    latency: { first: 0.6, perToken: 0.014 },
  },
  {
    name: 'sim-otter-lite',
    family: 'Otter',
    text: 'Simulated model. A light Otter: quick sums and unit conversions, little else.',
    parameters: 4,
    contextTokens: 16_000,
    price: { input: 0.06, output: 0.12 },
    ability: -0.8,
    strengths: { arithmetic: 0.9, 'unit-conversion': 1 },
    verbosity: 1.4,
    latency: { first: 0.2, perToken: 0.006 },
  },
  {
    name: 'sim-lynx-pro',
    family: 'Lynx',
    text: 'Simulated model. Reads tables and documents and keeps to the requested format; average at calculation and code.',
    parameters: 120,
    contextTokens: 256_000,
    price: { input: 1.2, output: 4 },
    ability: 0.6,
    strengths: { 'table-lookup': 1.1, 'format-following': 1.2, logic: 0.3, 'code-tracing': -0.4 },
    verbosity: 0.9,
    latency: { first: 0.5, perToken: 0.012 },
  },
  {
    name: 'sim-lynx-nano',
    family: 'Lynx',
    text: 'Simulated model. The smallest Lynx: looks things up in tables and fills simple formats, cheapest of all.',
    parameters: 1.5,
    contextTokens: 32_000,
    price: { input: 0.02, output: 0.05 },
    ability: -1.2,
    strengths: { 'table-lookup': 1, 'format-following': 0.9 },
    verbosity: 0.7,
    latency: { first: 0.1, perToken: 0.003 },
  },
];

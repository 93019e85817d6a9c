/** Routers that fit in seconds on the sample; the first is what the page starts with. */
export const ROUTERS = ['attention', 'knn', 'cluster', 'two-stage', 'linear', 'sim'] as const;

export type RouterName = (typeof ROUTERS)[number];

/** The other built-in routers, and why the page does not offer them. */
export const NOT_OFFERED: Readonly<Record<string, string>> = {
  irt: 'takes long to fit in a browser',
  mlp: 'needs TensorFlow.js, which is a large download',
  graph: 'needs TensorFlow.js, which is a large download',
  ensemble: 'fits every other router several times over',
  auto: 'fits every other router several times over',
  'task-table': 'reads task labels, which a typed query has not',
};

/** What the page starts with comes first. */
export const ENCODERS = ['static-hash', 'hash', 'use-lite'] as const;
export type EncoderName = (typeof ENCODERS)[number];

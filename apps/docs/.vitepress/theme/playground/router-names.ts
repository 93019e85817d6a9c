/** Routers that fit in seconds on the sample; the first is what the page starts with. */
export const ROUTERS = [
  { name: 'attention', says: 'softmax attention over the profile’s scores' },
  { name: 'knn', says: 'outcomes of the most similar training queries' },
  { name: 'cluster', says: 'ranking in the query’s cluster' },
  { name: 'two-stage', says: 'recognises the task, then looks it up' },
  { name: 'linear', says: 'ridge regression; takes longest to fit' },
  { name: 'sim', says: 'cosine of query and profile; learns nothing' },
] as const;

export type RouterName = (typeof ROUTERS)[number]['name'];

export const ENCODERS = ['hash', 'use-lite'] as const;
export type EncoderName = (typeof ENCODERS)[number];

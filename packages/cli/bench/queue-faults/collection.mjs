import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStandInModels } from '@routeprofile/providers/testing';

/** Prompts, stand-ins for models, and what was asked of them. */
export async function openCollection({ folder, prompts, models, latency }) {
  const server = await openStandInModels({ latency, answer: ({ prompt }) => `It is ${prompt.length}.` });
  const rows = Array.from({ length: prompts }, (_, i) => ({ query: `What is ${i} + 1?`, reference: '17' }));
  writeFileSync(join(folder, 'prompts.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
  const price = { input: 1, output: 2 };
  const model = { baseUrl: server.baseUrl, maxOutputTokens: 20, concurrency: 8, price };
  const names = Array.from({ length: models }, (_, i) => [`model-${i}`, model]);
  const config = join(folder, 'config.json');
  writeFileSync(config, JSON.stringify({ collect: { prompts: 'prompts.jsonl', models: Object.fromEntries(names) } }));
  /** Enough for all, and for what is lost. */
  const budget = (prompts * models * 100) / 1e6;

  const read = (out, name) => readFileSync(join(folder, out, name), 'utf8');
  const journal = (out) =>
    read(out, 'answers.jsonl')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line));
  const RESULTS = ['outcomes.jsonl', 'grades.jsonl', 'models.json'];
  // Seconds are measured, and differ between any two collections.
  const timeless = (text) => text.replace(/,"latency":[\d.e-]+/g, '');

  return {
    args: (out, more) => ['collect', '--config', config, '--budget', `${budget}`, '--out', join(folder, out), ...more],
    workerArgs: ['--config', config, '--calls', '4'],
    /** What the models were asked and have charged so far. */
    charged: () => ({
      arrived: server.arrived,
      answered: server.paid.length,
      answeredTwice: server.paid.length - new Set(server.paid).size,
      dollars: (server.tokens.input * price.input + server.tokens.output * price.output) / 1e6,
    }),
    /** Is each call asked once, but for those that were in flight when something was killed? */
    judge(outs, { arrived, dollars }) {
      const lines = outs.flatMap(journal);
      const started = lines.filter(({ type }) => type === 'started').length;
      const wanted = prompts * models * outs.length;
      const problems = [];
      if (arrived > started) problems.push(`${arrived} calls arrived, of ${started} that were begun`);
      if (started < wanted) problems.push(`${started} calls were begun, of ${wanted}`);
      if (dollars > budget * outs.length) problems.push(`$${dollars} were charged, of $${budget * outs.length}`);
      return problems;
    },
    compare(local, remote) {
      const lines = journal(remote);
      const ended = new Set(
        lines.filter(({ type }) => type !== 'started').map((line) => `${line.key} ${line.attempt}`),
      );
      const open = lines.filter((line) => line.type === 'started' && !ended.has(`${line.key} ${line.attempt}`));
      const differ = RESULTS.filter((name) => timeless(read(local, name)) !== timeless(read(remote, name)));
      const answers = lines.filter(({ type }) => type === 'answered').length;
      const problems = differ.map((name) => `${remote}: ${name} is other than ${local}'s`);
      if (answers !== prompts * models) problems.push(`${remote}: ${answers} answers of ${prompts * models}`);
      return {
        calls: prompts * models,
        answers,
        begun: lines.filter(({ type }) => type === 'started').length,
        lostWithAWorker: lines.filter(({ type }) => type === 'failed').length,
        lostWithTheCommand: open.length,
        countedInTheBudget:
          lines.reduce((sum, { charged = 0 }) => sum + charged, 0) + open.reduce((sum, { bound }) => sum + bound, 0),
        differ: differ.length,
        problems,
      };
    },
    close: () => server.close(),
  };
}

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { routeprofile, runReport, temporaryFolder } from './testing/harness.js';

/** Sums for one model, translations for the other, in scripts that the default encoder has no pieces for. */
const SCRIPTS: Record<string, { sums: string[]; translations: string[]; things: string[] }> = {
  chinese: {
    sums: ['算一算', '求出', '加起来是多少：'],
    translations: ['译成德语：', '翻译', '改写为英语：'],
    things: ['三箱苹果', '一封家书', '两张车票', '山上的云', '昨天的报纸', '学校的钟', '河边的船'],
  },
  thai: {
    sums: ['ช่วยบวก ', 'คำนวณ ', 'หาผลรวมของ '],
    translations: ['ช่วยแปล ', 'แปลเป็นเยอรมัน ', 'ถอดความ '],
    things: ['แอปเปิลสามลัง', 'จดหมายจากบ้าน', 'ตั๋วรถสองใบ', 'เมฆบนภูเขา', 'หนังสือพิมพ์เมื่อวาน', 'เรือริมน้ำ'],
  },
  emoji: {
    sums: ['➕', '🧮', '➕🧮'],
    translations: ['🗣', '🔤', '🗣🔤'],
    things: ['🍎🍎', '✉🏠', '🎫🚌', '⛰☁', '📰🕐', '🏫🔔', '🚣🌊'],
  },
  mixed: {
    sums: ['请计算 total of ', '求和 sum: '],
    translations: ['请翻译 text about ', '译文 text: '],
    things: ['apples', 'a letter', 'two tickets', 'clouds', 'the papers', 'the school bell', 'a boat'],
  },
};

const folder = temporaryFolder();
const at = (...parts: string[]) => join(folder.path, ...parts);
afterAll(() => folder.remove());

function writeRows(name: string, rows: readonly { query: string; score: number }[]): string {
  mkdirSync(at(name));
  const lines = rows.map(({ query, score }, i) => ({
    id: `q${i}`,
    // Along the diagonal, so that training rows hold every verb and every thing.
    split: (i + Math.floor(i / 6)) % 4 === 0 ? 'test' : 'train',
    query,
    models: { sums: { score }, words: { score: 1 - score } },
  }));
  writeFileSync(at(name, 'outcomes.jsonl'), lines.map((row) => JSON.stringify(row)).join('\n'));
  return at(name);
}

const runOn = (data: string, ...more: string[]) =>
  runReport(['--data', data, '--cache', at('cache'), '--router', 'knn', '--out', `${data}-out`, ...more]);

describe.each(Object.entries(SCRIPTS))('texts in %s', (script, { sums, translations, things }) => {
  let data: string;
  let texts: number;
  beforeAll(() => {
    const rows = things.flatMap((thing) =>
      [...sums.map((verb) => [verb, 1] as const), ...translations.map((verb) => [verb, 0] as const)].map(
        ([verb, score]) => ({ query: verb + thing, score }),
      ),
    );
    texts = rows.length;
    data = writeRows(script, rows);
  });

  it('are told apart by default', async () => {
    const { report } = await runOn(data);
    expect(report.encoder).toMatch(/^static-hash@/);
    expect(report.rows[0]!.metrics['avg_performance']).toBeGreaterThanOrEqual(0.95);
    expect(report.warnings.join()).not.toContain('have the same vector');
    const mostly = report.warnings.filter((warning) => warning.includes('mostly unknown'));
    if (script === 'mixed') expect(mostly).toEqual([]);
    else {
      expect(mostly).toHaveLength(1);
      expect(mostly[0]).toContain(
        `${texts} of ${texts} distinct queries (100 %) are mostly unknown to the encoder static-hash@`,
      );
      expect(mostly[0]).toContain('--encoder openai:MODEL or transformers:MODEL.');
    }
  });

  it('are reported by `data check`, with use-lite as all alike', async () => {
    const kinds = async (...flags: string[]) => {
      const { code, stdout } = await routeprofile(['data', 'check', data, '--cache', at('cache'), '--json', ...flags]);
      expect(code).toBe(0);
      const { oddities } = JSON.parse(stdout) as { oddities: { kind: string; count: number }[] };
      return Object.fromEntries(oddities.map(({ kind, count }) => [kind, count]));
    };
    const unseen = script === 'mixed' ? undefined : texts;
    const byDefault = await kinds();
    expect([byDefault['unseen-by-encoder'], byDefault['equal-vectors']]).toEqual([unseen, undefined]);
    const plain = await kinds('--encoder', 'use-lite');
    expect([plain['unseen-by-encoder'], (plain['equal-vectors'] ?? 0) > texts / 2]).toEqual([
      unseen,
      script !== 'mixed',
    ]);
    expect(await kinds('--encoder', 'hash')).not.toHaveProperty('unseen-by-encoder');
  });
});

describe('a router of use-lite', () => {
  const rows = [...'春夏秋冬'].flatMap((season) =>
    ['花', '草', '树', '风', '雨', '雪'].map((thing, i) => ({ query: `${season}天的${thing}`, score: i % 2 })),
  );
  let data: string;
  let router: string;
  let warnings: readonly string[];
  beforeAll(async () => {
    data = writeRows('plain', rows);
    ({ warnings } = (await runOn(data, '--encoder', 'use-lite', '--profile', 'flat')).report);
    router = `${data}-out/routers/flat.knn.seed42`;
  });
  const route = (args: string[], input?: string) =>
    routeprofile(['route', ...args, '--router', router, '--cache', at('cache')], input === undefined ? {} : { input });

  it('is reported as blind, once and in numbers', () => {
    const equal = warnings.filter((warning) => warning.includes('have the same vector'));
    expect(equal).toHaveLength(1);
    expect(equal[0]).toContain('24 of 24 distinct queries (100 %) have the same vector as another query');
    expect(equal[0]).toContain('--encoder static-hash or openai:MODEL or transformers:MODEL.');
  });

  it('keeps its encoder, and takes no other', async () => {
    expect((await route(['What is this?'])).code).toBe(0);
    const { code, stderr } = await route(['What is this?', '--encoder', 'static-hash']);
    expect(code).toBe(2);
    expect(stderr).toContain('made with the encoder use-lite@0.2.0-int16:window=mean, not with static-hash@');
  });

  it('says in use which queries it cannot tell apart', async () => {
    const { stderr, stdout } = await route(['-'], '春天来了\n秋天\nWhat is this?\n');
    expect(stderr).toContain('2 of 3 distinct queries (67 %) are mostly unknown to the encoder use-lite@');
    expect(stderr).toContain('2 of 3 distinct queries (67 %) have the same vector as another query');
    expect(stdout).toContain('秋天');
    expect((await route(['春天来了'])).stderr).toContain('The query is mostly unknown to the encoder use-lite@');
    expect((await route(['What is this?'])).stderr).toBe('');
  });
});

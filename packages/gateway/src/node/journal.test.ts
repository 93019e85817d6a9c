import { execFile } from 'node:child_process';
import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open as openFile, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { DecisionRecord } from '../contracts/record.js';
import type { Feedback, Limit, StateStore } from '../contracts/store.js';
import { openGateway } from '../testing/open-gateway.js';
import { json } from '../testing/requests.js';
import { describeStateStore } from '../testing/state-store-contract.js';
import { openJournal } from './journal.js';

const folders: string[] = [];
const newFolder = () => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-journal-'));
  folders.push(folder);
  return folder;
};
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })));

describeStateStore({ describe, it, expect }, 'openJournal', { create: (now) => openJournal(newFolder(), { now }) });

/** Until it is restored nothing can be written. */
async function fullDisk() {
  const some = await openFile(join(newFolder(), 'some'), 'a');
  const handles = Object.getPrototypeOf(some) as FileHandle;
  await some.close();
  const full = Object.assign(new Error('no room'), { code: 'ENOSPC' });
  const disk = vi.spyOn(handles, 'appendFile').mockRejectedValue(full);
  onTestFinished(() => disk.mockRestore());
  return disk;
}

const noon = Date.parse('2026-03-31T12:00:00Z');
const daily: Limit = { amount: 10, per: 'day' };
const record = (id: string): DecisionRecord => ({
  ...({ version: 1, id, at: noon, tenant: 'a', wire: 'chat', route: null, router: null, requirements: {} } as const),
  ...{ ranked: [], model: 'm', propensity: 1, reasons: [], attempts: [], served: null, status: 502 },
});
const idsOf = async (store: StateStore, from?: string) => {
  const ids: string[] = [];
  for await (const one of store.read(from)) ids.push(one.record.id);
  return ids;
};

describe('openJournal', () => {
  const open = async (folder: string, at = noon) => {
    const warnings: string[] = [];
    const logger = { info: () => {}, warn: (message: string) => void warnings.push(message) };
    return { store: await openJournal(folder, { now: () => at, logger }), warnings };
  };

  it('remembers, and counts in full what was still held', async () => {
    const folder = newFolder();
    const { store } = await open(folder);
    const [one, two] = [await store.reserve('a', 4, daily, 1e9), await store.reserve('a', 3, daily, 1e9)];
    await store.settle(one!.id, 1);
    await store.append([record('one'), record('two')]);
    await store.feedback({
      ...{ id: 'f', decision: 'one', tenant: 'a', name: 'quality', value: 1, score: 1 },
      ...{ source: 'user', at: 1 },
    });
    await store.close();

    const again = await open(folder);
    expect(again.warnings.join()).toContain('1 reservation (3 dollars) had not been settled');
    await again.store.settle(two!.id, 0);
    expect(await again.store.spent('a', 'day')).toBe(4);
    expect(await again.store.reserve('a', 7, daily, 1e9)).toBe(null);
    expect(await again.store.find('two')).toEqual(record('two'));
    await again.store.append([record('one'), record('three')]);
    const rows = [];
    for await (const row of again.store.read()) rows.push(row);
    expect(rows.map((row) => [row.record.id, row.feedback.length])).toEqual([
      ['one', 1],
      ['two', 0],
      ['three', 0],
    ]);
    expect(await idsOf(again.store, rows[1]!.cursor)).toEqual(['three']);
    await again.store.close();

    const tomorrow = await open(folder, noon + 86_400_000);
    expect(await tomorrow.store.spent('a', 'day')).toBe(0);
    expect(await tomorrow.store.spent('a', 'month')).toBe(0);
    await tomorrow.store.close();
  });

  it('drops a last line that was torn, and keeps one that is whole', async () => {
    const folder = newFolder();
    const path = join(folder, 'journal.jsonl');
    const { store } = await open(folder);
    await store.append([record('one'), record('two')]);
    await store.close();
    writeFileSync(path, readFileSync(path, 'utf8').trimEnd());
    const whole = await open(folder);
    expect([await idsOf(whole.store), whole.warnings]).toEqual([['one', 'two'], []]);
    await whole.store.close();
    appendFileSync(path, '{"type":"decision","rec');
    const torn = await open(folder);
    expect(await idsOf(torn.store)).toEqual(['one', 'two']);
    expect(torn.warnings.join()).toContain('the last line was cut off (23 bytes)');
    await torn.store.close();
  });

  it('does not know what it could not keep, so that it is kept when it is said again', async () => {
    const { store } = await open(newFolder());
    await store.append([record('one')]);
    const said: Feedback = {
      ...{ id: 'f', decision: 'one', tenant: 'a', name: 'quality', value: 1, score: 1 },
      ...{ source: 'user', at: 1 },
    };
    // Once it is closed nothing can be written.
    await store.close();
    await expect(store.feedback(said)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await expect(store.feedback(said)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(await store.said('one')).toEqual([]);
  });

  it('keeps what is said at the same time in the order in which it came', async () => {
    const { store } = await open(newFolder());
    await store.append([record('one')]);
    const say = (score: number) =>
      store.feedback({
        ...{ id: 'f', decision: 'one', tenant: 'a', name: 'quality', value: score, score },
        ...{ source: 'user', at: 1 },
      });
    expect(await Promise.all([say(1), say(0), say(0), say(1)])).toEqual([
      ...['stored', 'replaced', 'duplicate', 'replaced'],
    ]);
    expect(await store.said('one')).toMatchObject([{ score: 1 }]);
    await store.close();
  });

  it('refuses what a full disk does not take, says so once, and keeps it once there is room', async () => {
    const folder = newFolder();
    const path = join(folder, 'journal.jsonl');
    const lines: string[] = [];
    const log = (line: string) => void lines.push(line.replace(folder, ''));
    const store = await openJournal(folder, { now: () => noon, logger: { info: log, warn: log } });
    const before = await store.reserve('a', 4, daily, 1e9);
    await store.append([record('one')]);
    await store.check();
    const disk = await fullDisk();
    await expect(store.reserve('a', 3, daily, 1e9)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await expect(store.settle(before!.id, 1)).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await expect(store.append([record('two')])).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await expect(store.append([record('two')])).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    await expect(store.check()).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect([await store.find('two'), await store.spent('a', 'day')]).toEqual([undefined, 1]);
    disk.mockRestore();
    await store.check();
    await store.append([record('two')]);
    expect([await idsOf(store), await store.spent('a', 'day')]).toEqual([['one', 'two'], 1]);
    await store.close();
    expect(lines).toEqual([
      'writing /journal.jsonl failed (ENOSPC). Until it can be written again budgets refuse, and decisions are not kept',
      '/journal.jsonl is written again',
    ]);
    expect(readFileSync(path, 'utf8').trimEnd().split('\n')).toHaveLength(4);
    // What was spent while it was full is known after a restart.
    const again = await open(folder);
    expect([again.warnings, await again.store.spent('a', 'day')]).toEqual([[], 1]);
    await again.store.close();
  });

  it('makes the gateway not ready, which says why, until there is room again', async () => {
    const store = await openJournal(newFolder());
    const { get, gateway } = openGateway({}, { store });
    const statuses = async () => [(await get('/ready')).status, (await get('/health')).status];
    expect(await statuses()).toEqual([200, 200]);
    const disk = await fullDisk();
    await expect(store.append([record('one')])).rejects.toMatchObject({ code: 'WRITE_FAILED' });
    expect(await statuses()).toEqual([503, 200]);
    const ready = await json<{ checks: object; problems: string[] }>(await get('/ready'));
    expect(ready).toMatchObject({ status: 'not ready', checks: { serving: true, store: false, endpoint: true } });
    expect(ready.problems).toEqual([
      expect.stringMatching(/^The store keeps nothing now: writing \S+journal\.jsonl failed \(ENOSPC\)/),
    ]);
    expect(await json(await get('/health'))).toEqual({ status: 'degraded', problems: ready.problems });
    expect(await json(await get('/v1/health'))).toMatchObject({ status: 'degraded', store: ready.problems[0] });
    disk.mockRestore();
    expect(await statuses()).toEqual([200, 200]);
    expect(await json(await get('/health'))).toEqual({ status: 'ok' });
    await gateway.close();
    await store.close();
  });

  it('refuses a damaged line, and says which', async () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'journal.jsonl'), '{"type":"settled","id":"x","units":1}\n{"type":"settled"}\n');
    await expect(open(folder)).rejects.toMatchObject({ code: 'BAD_INPUT' });
    await expect(open(folder)).rejects.toThrow(/journal\.jsonl: line 2: /);
  });

  it('is for one at a time', async () => {
    const folder = newFolder();
    const { store } = await open(folder);
    await expect(open(folder)).rejects.toThrow('keeps its state in this folder');
    await store.close();
    await (await open(folder)).store.close();
  });

  it('keeps decisions that are read while others come', async () => {
    const { store } = await open(newFolder());
    await store.append([record('one')]);
    const [ids] = await Promise.all([idsOf(store), store.append([record('two')])]);
    expect(ids).toEqual(['one']);
    await store.close();
  });

  it('loses nothing acknowledged when it is killed', { timeout: 180_000 }, async () => {
    const script = fileURLToPath(new URL('../../bench/kill.mjs', import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [script, '--kills', '30']);
    const { problems, kept } = JSON.parse(stdout) as { problems: string[]; kept: number };
    expect(problems).toEqual([]);
    // How many depends on the machine: enough that something could have been lost.
    expect(kept).toBeGreaterThan(10);
  });
});

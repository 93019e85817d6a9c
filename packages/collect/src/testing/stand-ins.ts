import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { collectConfigSchema, type AskedModel, type CollectConfigInput } from '@routeprofile/schema';
import type { StandInModels } from '@routeprofile/providers/testing';
import { openModel, type PaidModel } from '../ask/models.js';

/** A folder of its own, removed by `remove`. */
export function temporaryFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'routeprofile-collect-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** Dollars per million tokens. */
const PRICE = { input: 1000, output: 1000 };

/** Settings of a model behind a stand-in. */
export const standIn = (server: StandInModels, more: object = {}): CollectConfigInput['models'][string] => ({
  baseUrl: server.baseUrl,
  price: PRICE,
  maxOutputTokens: 20,
  timeout: 1,
  ...more,
});

/** A model behind a stand-in. */
export function standInModel(server: StandInModels, id = 'toy', more: object = {}): PaidModel {
  const input: CollectConfigInput = { prompts: 'none', models: { [id]: standIn(server, more) } };
  const given: AskedModel = collectConfigSchema.parse(input).models[id]!;
  return openModel(id, given, `models.${id}`, {});
}

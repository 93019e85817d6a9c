import { basename } from 'node:path';
import {
  createMatrix,
  nextTurn,
  throwIfAborted,
  type Encoder,
  type Matrix,
  type RunContext,
} from '@routeprofile/schema';
import { openSavedEncoder, readingEncoder } from '../encoders/prepare.js';
import type { GivenEncoder } from '../plugins/trust.js';
import { loadSavedRouter, type SavedRouterParts } from '../router/open-router.js';
import type { LoggedDecision } from './decision.js';

/** A saved router, and what a person names for it. */
export interface GivenRouter {
  /** Its folder. */
  router: string;
  /** The plugin that made it, where one did. */
  plugin?: string | undefined;
  /** Its encoder, where it is not built in or asks an endpoint. */
  encoder?: GivenEncoder | undefined;
}

/** A router that is asked what it would have done. Dispose of it when done. */
export interface Policy {
  name: string;
  folder: string;
  saved: SavedRouterParts;
  /** Reads texts as the router does; undefined for one that reads no vectors. */
  encoder: Encoder | undefined;
  dispose(): Promise<void>;
}

/** Decisions that are asked for at once. */
const BATCH = 512;

/** The name of a router's folder; the one around it for `current`, which all of them are called. */
const nameOf = (folder: string): string =>
  basename(folder) === 'current' ? basename(folder.slice(0, -'/current'.length)) : basename(folder);

/** @throws RouteProfileError what loading the router and opening its encoder throw */
export async function openPolicy(
  { router: folder, plugin, encoder: given = {} }: GivenRouter,
  cache: string,
  ctx: RunContext,
): Promise<Policy> {
  const saved = await loadSavedRouter(folder, plugin, ctx);
  const { encoder: id, sharedPrefixes = [] } = saved.manifest;
  const encoder = id === null ? undefined : await openSavedEncoder(id, given, folder, { cache }, ctx);
  return {
    name: nameOf(folder),
    folder,
    saved,
    encoder: encoder && readingEncoder(encoder, { sharedPrefixes }),
    async dispose() {
      await encoder?.dispose?.();
    },
  };
}

/** Why a router cannot be asked of a decision; undefined where it can. */
export function whyUnreadable({ saved: { manifest }, encoder }: Policy, one: LoggedDecision): string | undefined {
  if (one.text !== undefined) return undefined;
  if (encoder === undefined) return 'decisions whose text is not kept';
  const { vector } = one;
  if (vector === undefined) return 'decisions of which neither the text nor the vector is kept';
  if (vector.encoder !== encoder.id)
    return `decisions whose vector is by ${vector.encoder}, and whose text is not kept`;
  return manifest.dimensions === null || vector.values.length === manifest.dimensions
    ? undefined
    : `decisions whose vector has ${vector.values.length} dimensions, not ${manifest.dimensions}`;
}

/**
 * Vectors of decisions, by the router's encoder: those that are kept, else made of the texts. Shape [decisions × dimensions].
 * @returns undefined for a router that reads none
 */
export async function vectorsOf(
  { encoder, saved }: Policy,
  decisions: readonly LoggedDecision[],
  ctx: RunContext,
): Promise<Matrix | undefined> {
  if (encoder === undefined) return undefined;
  const dimensions = saved.manifest.dimensions ?? encoder.dimensions;
  const kept = decisions.map(({ vector }) =>
    vector?.encoder === encoder.id && vector.values.length === dimensions ? vector.values : undefined,
  );
  const rows = [...decisions.keys()].filter((row) => kept[row] === undefined);
  const made =
    rows.length === 0
      ? undefined
      : await encoder.encode(
          rows.map((row) => decisions[row]!.text ?? ''),
          ctx,
        );
  const out = createMatrix(decisions.length, dimensions);
  kept.forEach((values, row) => values && out.data.set(values, row * out.cols));
  rows.forEach((row, i) => out.data.set(made!.data.subarray(i * out.cols, (i + 1) * out.cols), row * out.cols));
  return out;
}

/** What a router would have chosen. */
export interface Choices {
  /** One model per decision. */
  models: string[];
  /** Decisions on which its first choice could not have answered, so that its next took its place. */
  replaced: number;
}

/**
 * What a router would have chosen on decisions of a log, which depends on nothing that came of them. A model that the log's routers ranked
 * elsewhere and not here could not answer this request: it lacked what was demanded.
 * @param vectors as `vectorsOf` gives them
 * @param ranked models that any decision of the log could have been answered by
 */
export async function choicesOn(
  { saved: { router, strategy }, encoder, name }: Policy,
  decisions: readonly LoggedDecision[],
  vectors: Matrix | undefined,
  ranked: ReadonlySet<string>,
  ctx: RunContext,
): Promise<Choices> {
  const models: string[] = [];
  let replaced = 0;
  for (let from = 0; from < decisions.length; from += BATCH) {
    throwIfAborted(ctx);
    ctx.onProgress?.({ stage: `what ${name} would choose`, done: from, total: decisions.length });
    const some = decisions.slice(from, from + BATCH);
    const own = vectors && {
      rows: some.length,
      cols: vectors.cols,
      data: vectors.data.subarray(from * vectors.cols, (from + some.length) * vectors.cols),
    };
    const decided = await router.decide(
      {
        texts: some.map(({ text }) => text ?? ''),
        ids: some.map(({ id }) => id),
        ...(own && encoder && { vectors: own, encoder: encoder.id }),
        ...(strategy.needs.includes('tasks') && { tasks: some.map(() => null) }),
        requirements: some.map(({ requirements }) => requirements ?? null),
      },
      ctx,
    );
    decided.forEach((decision, i) => {
      const { allowed } = some[i]!;
      const may = (model: string) => allowed === undefined || allowed.includes(model) || !ranked.has(model);
      const choice = may(decision.model) ? decision.model : decision.ranked.find(({ model }) => may(model))?.model;
      if (choice !== decision.model) replaced++;
      models.push(choice ?? decision.model);
    });
    await nextTurn();
  }
  return { models, replaced };
}

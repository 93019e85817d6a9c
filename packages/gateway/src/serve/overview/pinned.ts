import type { Serving } from '../context.js';

/** Conversations that stay with a model. */
export interface PinnedModel {
  model: string;
  conversations: number;
}

/** A tenant's conversations per model, most first; nothing where no route keeps conversations together. */
export function pinnedFor(tenant: string, { snapshot, pins }: Serving): { pins?: PinnedModel[] } {
  if (![...snapshot.routes.values()].some(({ settings }) => settings.session)) return {};
  return {
    pins: [...pins.perModel(tenant)]
      .map(([model, conversations]) => ({ model, conversations }))
      .sort((a, b) => b.conversations - a.conversations),
  };
}

import type { LanguageModelV3, LanguageModelV3CallOptions } from '@ai-sdk/provider';
import { createHealth, createSessionPins, type Health, type SessionPins } from '@routeprofile/gateway/core';
import type { Job } from './attempts.js';
import { generate } from './generate.js';
import { prepare, PROVIDER, type Target } from './prepare.js';
import { openSettings, type OpenedSettings, type RouteProfileSettings } from './settings.js';
import { stream } from './stream.js';

/** What all models of one router share. */
export interface Core {
  settings: OpenedSettings;
  health: Health;
  pins: SessionPins;
}

/** @throws RouteProfileError BAD_OPTION */
export function openCore(settings: RouteProfileSettings): Core {
  const opened = openSettings(settings);
  return { settings: opened, health: createHealth(opened.clock), pins: createSessionPins(opened.clock) };
}

/** A call, read and decided on. @param models to call; default: those of the settings */
export async function jobOf(
  { settings, health, pins }: Core,
  target: Target,
  options: LanguageModelV3CallOptions,
  models: ReadonlyMap<string, LanguageModelV3> = settings.models,
): Promise<Job> {
  options.abortSignal?.throwIfAborted();
  return { prepared: await prepare(target, options, settings, health, pins), options, settings, models, health, pins };
}

/** The model that a name stands for. */
export function routedModel(core: Core, modelId: string, target: Target): LanguageModelV3 {
  const pinned = target.kind === 'candidate' ? core.settings.models.get(target.id) : undefined;
  return {
    specificationVersion: 'v3',
    provider: PROVIDER,
    modelId,
    // Which model will answer is not known yet: whatever stands behind an address is downloaded, so that all of them can read it.
    supportedUrls: pinned?.supportedUrls ?? {},
    doGenerate: async (options) => generate(await jobOf(core, target, options)),
    doStream: async (options) => stream(await jobOf(core, target, options)),
  };
}

import { memoryStore, noSecret, openJournal, type SecretReader, type StateStore } from '@routeprofile/gateway/node';
import { openPostgres } from '@routeprofile/gateway/postgres';
import type { Logger } from '@routeprofile/schema';
import { serveProblems, type FoundConfig } from './config.js';

/**
 * Opens what keeps budgets and decisions.
 * @throws RouteProfileError BAD_OPTION where the secret of its URL is missing; and what opening a store throws
 */
export async function openState(
  { config: { state }, source }: FoundConfig,
  secretOf: SecretReader,
  logger: Logger,
): Promise<StateStore> {
  if (state.kind === 'memory') return memoryStore();
  if (state.kind === 'journal') return openJournal(state.dir, { logger });
  const { kind: _, url, ...settings } = state;
  const connection = secretOf(url);
  if (connection === undefined) throw serveProblems(source, [`state.url: ${noSecret(url)}`]);
  return openPostgres({ ...settings, connection, logger });
}

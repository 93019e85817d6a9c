export { openPostgres } from './postgres/open-postgres.js';
export {
  postgresSettingsSchema,
  type PostgresConnection,
  type PostgresOptions,
  type PostgresSettings,
} from './postgres/options.js';
export type { Feedback, FeedbackFate, Labelled, Limit, StateStore, Topic } from './contracts/store.js';
export type { DecisionRecord } from './contracts/record.js';

export * from './index.js';
export { openJournal, type JournalOptions } from './node/journal.js';
export { listen, type Listening, type ListenOptions } from './node/listen.js';
export { fileSecrets, type FileSecretsOptions } from './node/secrets.js';
export { openNodeUpstream, type NodeUpstream } from './node/upstream.js';

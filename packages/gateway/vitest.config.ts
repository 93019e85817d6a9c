import { scriptTextInTests } from '../../tools/script-text.js';
import { packageTests } from '../../tools/vitest.js';

export default packageTests({ globalSetup: ['src/postgres/shared-server.ts'] }, [scriptTextInTests]);

import { defineRouter, z } from '@routeprofile/schema';

/** A router of somebody else's that never works. */
export default defineRouter({
  name: 'failing',
  summary: 'throws',
  options: z.strictObject({}),
  needs: [],
  fit: () => Promise.reject(new Error('no luck')),
  load: () => Promise.reject(new Error('no luck')),
});

/** As the store names the money of a key. */
export const keyScope = (id: string): string => `key ${id}`;
/** As the store names the money of a route. */
export const routeScope = (name: string): string => `route ${name}`;

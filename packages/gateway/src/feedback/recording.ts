import type { RoutingRequest } from '../contracts/request.js';

/** Requests whose records are not kept yet: whoever has the answer may judge it a moment before. */
export interface Recording {
  /** @param kept resolves, or rejects, once the record is kept or lost */
  add(request: Pick<RoutingRequest, 'tenant' | 'id'>, kept: Promise<unknown>): void;
  /** Resolves once the record of a tenant's request is kept or lost; undefined where none is under way. Never rejects. */
  of(tenant: string, id: string): Promise<unknown> | undefined;
}

export function createRecording(): Recording {
  const underWay = new Map<string, { tenant: string; kept: Promise<unknown> }>();
  return {
    add({ tenant, id }, kept) {
      const done = () => void underWay.delete(id);
      underWay.set(id, { tenant, kept: kept.then(done, done) });
    },
    of(tenant, id) {
      const one = underWay.get(id);
      return one?.tenant === tenant ? one.kept : undefined;
    },
  };
}

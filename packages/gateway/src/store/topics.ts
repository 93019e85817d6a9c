import type { StateStore, Topic } from '../contracts/store.js';

/** What subscribers within this process are told. */
export interface Topics extends Pick<StateStore, 'publish' | 'subscribe'> {
  /** Ends every subscription. */
  clear(): void;
}

export function createTopics(): Topics {
  const subscribers = new Map<Topic, Set<(value: unknown) => void>>();
  return {
    publish(topic, value) {
      for (const on of subscribers.get(topic) ?? []) on(value);
    },
    subscribe(topic, on) {
      const listening = subscribers.get(topic) ?? new Set();
      subscribers.set(topic, listening.add(on));
      return () => void listening.delete(on);
    },
    clear: () => subscribers.clear(),
  };
}

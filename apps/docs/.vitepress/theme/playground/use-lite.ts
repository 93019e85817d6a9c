import type { Encoder } from '@routeprofile/schema';
import modelUrl from '../../../playground/generated/use-lite/model.json?url';
import vocabUrl from '../../../playground/generated/use-lite/vocab.json?url';
import { fetchedFiles, type FetchOptions } from './weights';

const shards: Record<string, string> = Object.fromEntries(
  Object.entries(
    import.meta.glob<string>('../../../playground/generated/use-lite/*.bin', {
      query: '?url',
      import: 'default',
      eager: true,
    }),
  ).map(([file, url]) => [file.slice(file.lastIndexOf('/') + 1, -'.bin'.length), url]),
);

/** The sentence encoder and its weights from this site: nothing else is asked. */
export async function openUseLite(options: FetchOptions): Promise<Encoder> {
  const { openUseLiteEncoder } = await import('@routeprofile/encoders');
  return openUseLiteEncoder({ files: fetchedFiles({ model: modelUrl, vocab: vocabUrl, shards }, options) });
}

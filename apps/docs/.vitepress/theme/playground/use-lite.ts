import type { Encoder } from '@routeprofile/schema';
import wasmUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url';
import simdUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url';
import threadedUrl from '@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url';
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

/** The sentence encoder, its weights and its WebAssembly from this site: nothing else is asked. */
export async function openUseLite(options: FetchOptions): Promise<Encoder> {
  const [{ openUseLiteEncoder }, { setWasmPaths }] = await Promise.all([
    import('@routeprofile/encoders'),
    import('@tensorflow/tfjs-backend-wasm'),
  ]);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': wasmUrl,
    'tfjs-backend-wasm-simd.wasm': simdUrl,
    'tfjs-backend-wasm-threaded-simd.wasm': threadedUrl,
  });
  return openUseLiteEncoder({ files: fetchedFiles({ model: modelUrl, vocab: vocabUrl, shards }, options) });
}

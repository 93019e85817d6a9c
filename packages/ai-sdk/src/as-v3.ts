import type {
  LanguageModelV2,
  LanguageModelV2FinishReason,
  LanguageModelV2StreamPart,
  LanguageModelV2Usage,
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3FinishReason,
  LanguageModelV3GenerateResult,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';

/** What v2 says as one word; `unknown` is what it says when the server has said nothing. */
const finishOf = (reason: LanguageModelV2FinishReason): LanguageModelV3FinishReason =>
  reason === 'unknown' ? { unified: 'other', raw: undefined } : { unified: reason, raw: reason };

const usageOf = (usage: LanguageModelV2Usage): LanguageModelV3Usage => ({
  inputTokens: {
    total: usage.inputTokens,
    noCache: undefined,
    cacheRead: usage.cachedInputTokens,
    cacheWrite: undefined,
  },
  outputTokens: { total: usage.outputTokens, text: undefined, reasoning: usage.reasoningTokens },
});

const partOf = (part: LanguageModelV2StreamPart): LanguageModelV3StreamPart =>
  part.type === 'finish'
    ? { ...part, finishReason: finishOf(part.finishReason), usage: usageOf(part.usage) }
    : (part as LanguageModelV3StreamPart);

/**
 * A model of specification v2 as one of v3. Beside how an answer ends and what it took the two agree in all that models send; what v3
 * has added to prompts reaches a v2 model as it is, as in the AI SDK itself.
 */
export function asV3(model: LanguageModelV2 | LanguageModelV3): LanguageModelV3 {
  if (model.specificationVersion === 'v3') return model;
  // The two call options differ in members that v2 models do not look at.
  const v2 = (options: LanguageModelV3CallOptions) => options as Parameters<LanguageModelV2['doGenerate']>[0];
  return {
    specificationVersion: 'v3',
    provider: model.provider,
    modelId: model.modelId,
    supportedUrls: model.supportedUrls,
    async doGenerate(options) {
      const result = await model.doGenerate(v2(options));
      const { finishReason, usage } = result;
      return {
        ...(result as unknown as LanguageModelV3GenerateResult),
        finishReason: finishOf(finishReason),
        usage: usageOf(usage),
      };
    },
    async doStream(options) {
      const result = await model.doStream(v2(options));
      const stream = result.stream.pipeThrough(
        new TransformStream<LanguageModelV2StreamPart, LanguageModelV3StreamPart>({
          transform: (part, controller) => controller.enqueue(partOf(part)),
        }),
      );
      return { ...result, stream };
    },
  };
}

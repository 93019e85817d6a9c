import Anthropic from '@anthropic-ai/sdk';
import { ANSWER_SCHEMA, QUESTION as messages, TOOL, type ClientSettings, type RealClient } from './client.js';

const open = ({ url, maxRetries }: ClientSettings) => new Anthropic({ baseURL: url, apiKey: 'none', maxRetries });
const asked = { model: 'auto', max_tokens: 100, messages };
const tools = [{ name: TOOL.name, description: TOOL.description, input_schema: TOOL.schema }];
const called = (content: readonly { type: string }[]) => {
  const call = content.find((block): block is Anthropic.ToolUseBlock => block.type === 'tool_use');
  return call && { name: call.name, input: call.input };
};

/** `@anthropic-ai/sdk`. */
export const anthropicMessages: RealClient = {
  wire: 'messages',
  async whole(settings) {
    const { content } = await open(settings).messages.create(asked, settings);
    return content[0]?.type === 'text' ? content[0].text : undefined;
  },
  async stream(settings, onText) {
    for await (const event of await open(settings).messages.create({ ...asked, stream: true }, settings))
      if (event.type === 'content_block_delta' && event.delta.type === 'text_delta') onText(event.delta.text);
  },
  async leaves(settings) {
    const stream = await open(settings).messages.create({ ...asked, stream: true }, settings);
    for await (const event of stream) if (event.type === 'content_block_delta') break;
  },
  async tool(settings) {
    return called((await open(settings).messages.create({ ...asked, tools }, settings)).content);
  },
  async streamedTool(settings) {
    const { content } = await open(settings)
      .messages.stream({ ...asked, tools }, settings)
      .finalMessage();
    return called(content);
  },
  async structured(settings) {
    const output_config = { format: { type: 'json_schema' as const, schema: ANSWER_SCHEMA } };
    const { content } = await open(settings).messages.create({ ...asked, output_config }, settings);
    return content[0]?.type === 'text' ? (JSON.parse(content[0].text) as unknown) : undefined;
  },
};

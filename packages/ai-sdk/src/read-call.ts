import type {
  LanguageModelV3CallOptions,
  LanguageModelV3FilePart,
  LanguageModelV3Message,
  LanguageModelV3ToolResultOutput,
} from '@ai-sdk/provider';

/** A member of a chat request; JSON. */
type Part = Record<string, unknown>;

/** Where a file stands, without its bytes: what a model needs for it is told from its kind. */
const filePart = (mediaType: string, filename?: string): Part =>
  mediaType.startsWith('image/')
    ? { type: 'image_url', image_url: { url: '' } }
    : { type: 'file', file: { ...(filename !== undefined && { filename }) } };

const textPart = (text: string): Part => ({ type: 'text', text });

/** One text is a text, as clients of chat completions write it. */
const contentOf = (parts: Part[]): unknown =>
  parts.length === 1 && parts[0]?.['type'] === 'text' ? parts[0]['text'] : parts;

function partsOfOutput(output: LanguageModelV3ToolResultOutput): Part[] {
  switch (output.type) {
    case 'text':
    case 'error-text':
      return [textPart(output.value)];
    case 'json':
    case 'error-json':
      return [textPart(JSON.stringify(output.value))];
    case 'execution-denied':
      return [textPart(output.reason ?? '')];
    case 'content':
      return output.value.map((part) => {
        switch (part.type) {
          case 'text':
            return textPart(part.text);
          case 'file-data':
          case 'file-url':
            return filePart(part.mediaType ?? '');
          case 'image-data':
          case 'image-url':
          case 'image-file-id':
            return filePart('image/*');
          default:
            return { type: 'file', file: {} };
        }
      });
  }
}

const userPart = (part: { type: 'text'; text: string } | LanguageModelV3FilePart): Part =>
  part.type === 'text' ? textPart(part.text) : filePart(part.mediaType, part.filename);

/** A message of the AI SDK as one or more of chat completions. */
function chatMessages(message: LanguageModelV3Message): Part[] {
  switch (message.role) {
    case 'system':
      return [{ role: 'system', content: message.content }];
    case 'user':
      return [{ role: 'user', content: contentOf(message.content.map(userPart)) }];
    case 'tool':
      return message.content.map((part) =>
        part.type === 'tool-result'
          ? { role: 'tool', tool_call_id: part.toolCallId, content: contentOf(partsOfOutput(part.output)) }
          : { role: 'tool', content: part.reason ?? '' },
      );
    case 'assistant': {
      const said: Part[] = [];
      const calls: Part[] = [];
      for (const part of message.content)
        if (part.type === 'tool-call')
          calls.push({
            id: part.toolCallId,
            type: 'function',
            function: { name: part.toolName, arguments: JSON.stringify(part.input) },
          });
        else if (part.type === 'tool-result') said.push(...partsOfOutput(part.output));
        else if (part.type === 'file') said.push(filePart(part.mediaType, part.filename));
        else said.push(textPart(part.text));
      return [{ role: 'assistant', content: contentOf(said), ...(calls.length > 0 && { tool_calls: calls }) }];
    }
  }
}

function formatOf(format: LanguageModelV3CallOptions['responseFormat']): Part | undefined {
  if (format?.type !== 'json') return undefined;
  return format.schema === undefined
    ? { type: 'json_object' }
    : { type: 'json_schema', json_schema: { name: format.name ?? 'answer', schema: format.schema } };
}

/**
 * A call of the AI SDK as a request of chat completions, as far as routing looks at it: so that the same conversation means the same
 * to a router whichever way it comes. Bytes of pictures and files are left out; only where they stand is kept.
 */
export function chatBodyOf(options: LanguageModelV3CallOptions): Record<string, unknown> {
  const { prompt, tools = [], responseFormat, maxOutputTokens } = options;
  const format = formatOf(responseFormat);
  return {
    messages: prompt.flatMap(chatMessages),
    ...(tools.length > 0 && {
      tools: tools.map((tool) =>
        tool.type === 'function'
          ? {
              type: 'function',
              function: { name: tool.name, description: tool.description, parameters: tool.inputSchema },
            }
          : { type: tool.id, name: tool.name, args: tool.args },
      ),
    }),
    ...(format && { response_format: format }),
    ...(maxOutputTokens !== undefined && { max_tokens: maxOutputTokens }),
  };
}

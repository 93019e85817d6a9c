import type { EndpointWire } from '../contracts/wire.js';
import { createEventScanner } from '../sse/scanner.js';
import { fieldsOf, itemsOf, jsonOf, textOf, type Fields } from '../wire/format.js';

/** What a model answered, as a check reads it. */
export interface AnswerText {
  /** What it wrote for its reader: no reasoning, no calls of tools. Of several answers the first. */
  text: string;
  /** A limit of tokens ended it. */
  truncated: boolean;
}

/** Text of a message that is a text or a list of parts. */
const written = (content: unknown, type: string): string =>
  textOf(content) ||
  itemsOf(content)
    .map(fieldsOf)
    .filter((part) => part['type'] === type)
    .map((part) => textOf(part['text']))
    .join('');

/** What a whole answer says. @param answer JSON that was parsed */
export function textOfAnswer(wire: EndpointWire, answer: unknown): AnswerText {
  const body = fieldsOf(answer);
  if (wire === 'messages')
    return { text: written(body['content'], 'text'), truncated: body['stop_reason'] === 'max_tokens' };
  if (wire === 'responses') {
    const messages = itemsOf(body['output'])
      .map(fieldsOf)
      .filter((item) => item['type'] === 'message');
    const text = messages.map((item) => written(item['content'], 'output_text')).join('');
    return { text, truncated: body['status'] === 'incomplete' };
  }
  const [choice] = itemsOf(body['choices']).map(fieldsOf);
  const text = written(fieldsOf(choice?.['message'])['content'], 'text') || textOf(choice?.['text']);
  return { text, truncated: choice?.['finish_reason'] === 'length' };
}

/** What an event of a stream adds. */
function added(wire: EndpointWire, data: Fields, said: AnswerText): void {
  if (wire === 'messages') {
    const delta = fieldsOf(data['delta']);
    if (delta['type'] === 'text_delta') said.text += textOf(delta['text']);
    if (delta['stop_reason'] === 'max_tokens') said.truncated = true;
  } else if (wire === 'responses') {
    if (data['type'] === 'response.output_text.delta') said.text += textOf(data['delta']);
    if (data['type'] === 'response.incomplete') said.truncated = true;
  } else {
    const first = itemsOf(data['choices'])
      .map(fieldsOf)
      .find(({ index = 0 }) => index === 0);
    said.text += textOf(fieldsOf(first?.['delta'])['content']);
    if (first?.['finish_reason'] === 'length') said.truncated = true;
  }
}

/** What a stream said, from the bytes that the client got. */
export function textOfStream(wire: EndpointWire, bytes: Uint8Array): AnswerText {
  const said: AnswerText = { text: '', truncated: false };
  for (const { event } of createEventScanner().push(bytes)) {
    const data = event && jsonOf(event);
    if (data) added(wire, data, said);
  }
  return said;
}

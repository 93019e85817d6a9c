import { DirectedGraph } from 'graphology';
import { parse } from 'graphology-gexf';
import { describe, expect, it } from 'vitest';
import { buildGraph } from './build.js';
import { toGEXF, toGraphML } from './export.js';
import { card, synthetic } from './testing/synthetic.js';

const hostile = `<a href="x">&amp;\u0000\u000b\ud800 'q' ]]>\nnew\r\nline`;
const graph = buildGraph(
  { ...synthetic, cards: [card(hostile, 'Alpha', { qa: 1.5 }), ...synthetic.cards] },
  { preset: 'query-task-domain' },
);

describe('GraphML', () => {
  const text = toGraphML(graph);
  it('has every node and edge, and nothing unescaped', () => {
    expect(text.match(/<node /g)).toHaveLength(graph.order);
    expect(text.match(/<edge /g)).toHaveLength(graph.size);
    expect(text).toContain('<data key="score">1.5</data>');
    expect(text).toContain(
      '<node id="model:&lt;a href=&quot;x&quot;&gt;&amp;amp;\ufffd\ufffd\ufffd &apos;q&apos; ]]&gt;&#10;new&#13;&#10;line">',
    );
    expect(text).not.toContain('<a href');
    expect(text).not.toContain('\u0000');
  });
});

describe('GEXF', () => {
  it('is read back by graphology', () => {
    const back = parse(DirectedGraph, toGEXF(graph));
    expect([back.order, back.size]).toEqual([graph.order, graph.size]);
    const labels = back.mapNodes((_, attributes): unknown => attributes['label']);
    expect(labels).toContain('small');
    const scores = back
      .mapEdges((_, attributes): unknown => attributes['score'])
      .filter((score) => score !== undefined);
    expect(scores).toEqual([1.5, 40, 10.5, 80, 71, -7, 12]);
    const texts = back.mapNodes((_, attributes): unknown => attributes['text']);
    expect(texts).toContain('What is a <cat> & a "dog"?');
  });
});

import { DirectedGraph } from 'graphology';
import write from 'graphology-gexf/common/writer.js';
import type { EdgeAttributes, NodeAttributes, ProfileGraph } from './types.js';

/** XML 1.0 has no way to write most control characters and lone surrogates, not even escaped: they become U+FFFD. */
const xmlText = (text: string) =>
  // eslint-disable-next-line no-control-regex -- these are the characters XML forbids
  text.replace(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|\p{Surrogate}/gu, '\uFFFD');

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
};
const escapeXml = (text: string) => xmlText(text).replace(/[&<>"'\r]/g, (character) => ENTITIES[character]!);

/**
 * The graph as GraphML, for Gephi, yEd, NetworkX, igraph: directed, nodes under their keys. Characters that XML cannot write
 * become U+FFFD.
 */
export function toGraphML(graph: ProfileGraph): string {
  const data = (key: string, value: string | number) => `<data key="${key}">${escapeXml(String(value))}</data>`;
  const nodes = graph.mapNodes(
    (key, { type, name, text }) =>
      `<node id="${escapeAttribute(key)}">${data('type', type)}${data('name', name)}${data('text', text)}</node>`,
  );
  const edges = graph.mapEdges(
    (key, { relation, score }, source, target) =>
      `<edge id="${escapeAttribute(key)}" source="${escapeAttribute(source)}" target="${escapeAttribute(target)}">` +
      `${data('relation', relation)}${score === undefined ? '' : data('score', score)}</edge>`,
  );
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<graphml xmlns="http://graphml.graphdrawing.org/xmlns">',
    ...['type', 'name', 'text'].map((key) => `<key id="${key}" for="node" attr.name="${key}" attr.type="string"/>`),
    '<key id="relation" for="edge" attr.name="relation" attr.type="string"/>',
    '<key id="score" for="edge" attr.name="score" attr.type="double"/>',
    `<graph id="${escapeAttribute(graph.getAttribute('name'))}" edgedefault="directed">`,
    ...nodes,
    ...edges,
    '</graph>',
    '</graphml>',
    '',
  ].join('\n');
}

/** Parsers turn raw white space in attributes into spaces, so it is written as character references. */
const escapeAttribute = (text: string) =>
  escapeXml(text).replace(/[\n\t]/g, (character) => (character === '\n' ? '&#10;' : '&#9;'));

/**
 * The graph as GEXF 1.3, for Gephi. Nodes are numbered `n0`, `n1` …; their names are the labels. Characters that XML cannot
 * write become U+FFFD.
 */
export function toGEXF(graph: ProfileGraph): string {
  const plain: DirectedGraph<NodeAttributes, EdgeAttributes> = new DirectedGraph();
  plain.setAttribute('name', xmlText(graph.getAttribute('name')));
  const ids = new Map(graph.nodes().map((key, i) => [key, `n${i}`]));
  graph.forEachNode((key, attributes) => plain.addNode(ids.get(key), attributes));
  graph.forEachDirectedEdge((key, attributes, source, target) =>
    plain.addDirectedEdgeWithKey(key, ids.get(source), ids.get(target), attributes),
  );
  return write(plain, {
    version: '1.3',
    formatNode: (_, { type, name, text }) => ({ label: xmlText(name), attributes: { type, text: xmlText(text) } }),
    formatEdge: (_, { relation, score }) => ({ attributes: score === undefined ? { relation } : { relation, score } }),
  });
}

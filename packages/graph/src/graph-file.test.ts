import { DirectedGraph } from 'graphology';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RouteProfileError, type GraphFile } from '@routeprofile/schema';
import { buildGraph } from './build.js';
import { parseGraph, serializeGraph } from './graph-file.js';
import { toHetero } from './hetero.js';
import { GRAPH_PRESETS } from './presets.js';
import { synthetic } from './testing/synthetic.js';

const roundTrip = (file: GraphFile): unknown => JSON.parse(JSON.stringify(file));
const file = () => serializeGraph(buildGraph(synthetic, { preset: 'query-task-domain' }));

describe('graph.json', () => {
  it.each(Object.keys(GRAPH_PRESETS))('comes back as it was: %s', (preset) => {
    const graph = buildGraph(synthetic, { preset });
    const back = parseGraph(roundTrip(serializeGraph(graph)));
    expect(toHetero(back)).toEqual(toHetero(graph));
    expect(serializeGraph(back)).toEqual(serializeGraph(graph));
    expect(back.getAttribute('notes')).toEqual(graph.getAttribute('notes'));
  });

  it('is read by graphology itself', () => {
    const graph = DirectedGraph.from(file());
    expect(graph.order).toBe(20);
    expect(graph.size).toBe(20);
    expect(graph.getNodeAttributes('query:qa#0')).toEqual({
      type: 'query',
      name: 'qa#0',
      text: 'What is a <cat> & a "dog"?',
    });
  });

  it.each<[string, (file: GraphFile) => void, RegExp]>([
    ['a node twice', (f) => f.nodes.push(f.nodes[0]!), /occurs twice/],
    ['a key that is not type:name', (f) => (f.nodes[1]!.key = 'x'), /expected 'family:Beta'/],
    ['an unknown type', (f) => Object.assign(f.nodes[1]!.attributes, { type: 'planet' }), /nodes\.1\.attributes\.type/],
    ['no text', (f) => Object.assign(f.nodes[1]!.attributes, { text: 3 }), /nodes\.1\.attributes\.text/],
    ['an edge to nowhere', (f) => (f.edges[0]!.target = 'model:ghost'), /no node 'model:ghost'/],
    ['an edge twice', (f) => f.edges.push(f.edges[0]!), /occurs twice/],
    ['an unknown relation', (f) => (f.edges[0]!.attributes.relation = 'likes'), /relation 'likes' does not exist/],
    ['a relation of other ends', (f) => (f.edges[0]!.attributes.relation = 'model__task'), /expects a model/],
    ['a score missing', (f) => delete f.edges[5]!.attributes.score, /score/],
    ['a score that is no number', (f) => Object.assign(f.edges[5]!.attributes, { score: 'high' }), /score/],
    ['another format', (f) => Object.assign(f.attributes, { format: 'x' }), /attributes\.format/],
  ])('with %s is refused by name', (_, spoil, message) => {
    const broken = structuredClone(file());
    spoil(broken);
    expect(() => parseGraph(broken, 'my.json')).toThrow(message);
    expect(() => parseGraph(broken, 'my.json')).toThrow(/^my\.json: /);
  });

  it('that is anything else is refused, never a crash', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        let error: unknown;
        try {
          parseGraph(value);
        } catch (caught) {
          error = caught;
        }
        expect(RouteProfileError.isInstance(error) && error.code).toBe('CORRUPT_FILE');
      }),
    );
  });
});

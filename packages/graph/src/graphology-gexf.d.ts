/** The writer alone: the package's root also loads an XML parser. */
declare module 'graphology-gexf/common/writer.js' {
  export { write as default } from 'graphology-gexf';
}

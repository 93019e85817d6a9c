/** A module that runs in a browser, with all that it imports, as the text of one script: see `tools/script-text.ts`. */
declare module '*?script' {
  const text: string;
  export default text;
}

/** What the interactive page asks of vite: its worker loads the sentence encoder only when asked, so it must be split. */
export default { worker: { format: 'es' as const } };

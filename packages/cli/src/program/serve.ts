import type { Command } from 'commander';
import { common, integer } from '../commands/flags.js';
import type { ServeCommandFlags } from '../commands/serve.js';
import type { Io } from '../io.js';
import { ending } from './ending.js';

const EXAMPLES = `
Examples:
  routeprofile serve --demo
      the sample dataset, with stand-ins for its models and a page that shows each decision; no key, no network
  routeprofile serve --router OUT/routers/… --endpoint mistral-small=https://api.mistral.ai/v1#mistral-small-latest --key mistral-small=env:MISTRAL_API_KEY
      a model server on http://127.0.0.1:4180 that lets the router choose; give --endpoint and --key for each model
  routeprofile serve --config routeprofile.serve.yaml
      keys of clients, budgets, several routes and endpoints, and a journal: see the guide

Programs that speak OpenAI's API ask it for the model 'auto'.`;

const repeated = (text: string, texts: string[] = []): string[] => [...texts, text];

/** `serve`: a router as a model server. */
export function addServeCommand(program: Command, io: Io): void {
  common(
    program
      .command('serve')
      .description("answer requests of OpenAI's and Anthropic's APIs with the model that a router chooses")
      .option(
        '--demo',
        'see it work: the sample router, stand-ins for its models, a little traffic, and a page to watch',
      )
      .option('--traffic <n>', 'with --demo: queries of the sample per minute; 0 for none (default: 20)', integer(0))
      .option('--config <file>', 'what is served, to whom and where from (default: routeprofile.serve.yaml)')
      .option('--router <dir>', 'without a file: router folder, such as OUT/routers/…')
      .option(
        '--endpoint <candidate=url>',
        "where a model of the router is called, on OpenAI's chat completions: CANDIDATE=URL or CANDIDATE=URL#MODEL; may be given several times",
        repeated,
      )
      .option(
        '--key <candidate=ref>',
        'the key of its endpoints: CANDIDATE=env:NAME or CANDIDATE=file:PATH; may be given several times',
        repeated,
      )
      .option('--port <n>', 'port; 0 for any that is free (default: 4180)', integer(0))
      .option(
        '--host <name>',
        'address to listen on; one that other machines can reach needs keys (default: 127.0.0.1)',
      )
      .option('--state <dir>', 'folder of a journal of budgets and decisions (default: memory)'),
  )
    .addHelpText('after', EXAMPLES)
    .action(ending(async (flags: ServeCommandFlags) => (await import('../commands/serve.js')).serveCommand(flags, io)));
}

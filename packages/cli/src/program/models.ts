import type { Command } from 'commander';
import { common, integer, names } from '../commands/flags.js';
import type { ModelsFlags } from '../commands/models.js';
import type { Io } from '../io.js';
import { ending } from './ending.js';

const EXAMPLES = `
Examples:
  routeprofile models
      where lists of prices are fetched from
  routeprofile models --prices prices.json "sonnet 4"
      the models of a list whose id or provider holds both words
  routeprofile models --data my-data --prices prices.json --write my-data/models.json
      the dataset's candidates and what they cost, written where the next run reads it`;

/** For a flag that may be given several times. */
const several = (value: string, before: string[] = []): string[] => [...before, value];

/** `models`: the model catalogue. */
export function addModelsCommand(program: Command, io: Io): void {
  common(
    program
      .command('models')
      .description('prices, limits and capabilities of models: of a price list, of profiles, and of your candidates')
      .argument('[search]', 'words that the id or the provider has to hold')
      .option(
        '--prices <file>',
        'a price list as LiteLLM, OpenRouter or models.dev publish it; may be given several times',
        several,
      )
      .option(
        '--profiles <file>',
        'a declarative profile (YAML or JSON), or a folder of them; may be given several times',
        several,
      )
      .option('--provider <names>', 'only models of these providers in the price lists, with commas between', names)
      .option('--data <dir>', 'a dataset folder: look for its candidates in the lists')
      .option('--write <file>', 'write cards of the candidates with the prices found, such as DIR/models.json')
      .option('--replace', 'let --write put prices into a file that is there; texts and scores in it stay')
      .option('--top <n>', 'print at most N models (default: 40; --json prints all)', integer(1)),
  )
    .addHelpText('after', EXAMPLES)
    .action(
      ending(async (search: string | undefined, flags: ModelsFlags) =>
        (await import('../commands/models.js')).modelsCommand(search, flags, io),
      ),
    );
}

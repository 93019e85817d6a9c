import type { Command } from 'commander';
import type { EncoderFitFlags } from '../commands/encoder.js';
import { common, configFlag, datasetFlags } from '../commands/flags.js';
import type { Io } from '../io.js';
import { ending } from './ending.js';

const EXAMPLES = `
Examples:
  routeprofile encoder fit --data my-data --out my-domain.safetensors
      learns from the training queries of a dataset
  routeprofile encoder fit --prompts questions.txt --out my-domain.safetensors
      learns from texts without labels, one per line or JSON lines with "query"
  routeprofile run --data my-data --encoder static:my-domain.safetensors
      a run with it; routers that it trains need the same file`;

/** `encoder`: text encoders of one's own. */
export function addEncoderCommand(program: Command, io: Io): void {
  configFlag(
    common(
      datasetFlags(
        program
          .command('encoder')
          .description('teach the static encoder the texts of your domain')
          .command('fit')
          .description(
            'write vectors for --encoder static:FILE, taught by use-lite on your texts; labels are not needed',
          ),
      )
        .option('--prompts <file>', 'texts without labels: one per line, or JSON lines with "query"')
        .option('--cache <dir>', 'folder for cached embeddings')
        .option('--out <file>', 'the file to write, such as my-domain.safetensors'),
    ),
  )
    .addHelpText('after', EXAMPLES)
    .action(
      ending(async (flags: EncoderFitFlags) => (await import('../commands/encoder.js')).encoderFitCommand(flags, io)),
    );
}

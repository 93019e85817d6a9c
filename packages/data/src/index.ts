export { readNpy, writeNpy, type WritableArray } from './arrays/npy.js';
export { readNpz, readNpzFile, writeNpz, writeNpzFile } from './arrays/npz.js';
export type { ZipLimits } from './arrays/zip.js';
export { readGraphFiles, writeGraphFiles } from './artifacts/graph-files.js';
export { readProfileIndex, writeProfileIndex } from './artifacts/profile-index.js';
export { readProfileSet, writeProfileSet } from './artifacts/profile-set.js';
export { readRouterArtifact, writeRouterArtifact } from './artifacts/router-artifact.js';
export { cardsFileOf, writePricedCards, type ReplacedPrice, type WrittenCards } from './catalogue/cards.js';
export {
  datasetEntries,
  matchModels,
  readCatalogue,
  searchCatalogue,
  type Catalogue,
  type CatalogueSources,
} from './catalogue/catalogue.js';
export type { Counted } from './catalogue/counts.js';
export { ageInDays, type CatalogueEntry, type DateKind, type PriceList } from './catalogue/entry.js';
export {
  MATCH_RULES,
  matchCatalogue,
  type AmbiguousModel,
  type CatalogueMatches,
  type MatchedModel,
  type MatchRule,
} from './catalogue/match.js';
export { parsePriceList, PRICE_LISTS, readPriceList, type PriceListOrigin } from './catalogue/price-list.js';
export { parseModelProfile, type ModelProfile } from './catalogue/profile.js';
export { readModelProfile, readModelProfiles, type ReadProfile } from './catalogue/profile-files.js';
export type { DatasetSummary } from './check/summary.js';
export { assertEvaluable } from './dataset/evaluable.js';
export { candidateOf, modelCard } from './dataset/cards.js';
export type { LoadOptions } from './dataset/options.js';
export { normalizeText } from './dataset/text.js';
export { routerTraining } from './dataset/router-training.js';
export { withoutModels } from './dataset/rows.js';
export { withCards } from './dataset/with-cards.js';
export { openAppender, type Appender } from './disk/appender.js';
export { type FileContent, systemCode, writeError, writeFileAtomic, writeFilesAtomic } from './disk/files.js';
export { hashBytes, hashJson, hashText, sha256 } from './disk/hash.js';
export { parseJson, readJsonFile, writeJsonFile, type ReadJsonOptions } from './disk/json.js';
export { readJsonLines, type JsonLine, type ReadLinesOptions } from './disk/jsonl.js';
export { LineCutter } from './disk/lines.js';
export { isRunning, lockFile } from './disk/lock.js';
export { sizeOfRegularFile } from './disk/read.js';
export { repairLastLine } from './disk/repair.js';
export { importOutcomes, type ImportedOutcomes, type ImportOptions } from './import/import.js';
export type { ImportSource } from './import/sources/sources.js';
export { FORMATS } from './import/options.js';
export { builtInPresets } from './import/presets/index.js';
export type { Preset, PresetCall, PresetContext, Skipped } from './import/presets/preset.js';
export { ROLES, type Columns, type Role } from './import/roles.js';
export { LATENCY_UNITS, type LatencyUnit } from './import/units.js';
export { builtInLayouts } from './layouts/built-in.js';
export { checkDataset, type DatasetCheck } from './layouts/check.js';
export { detectLayout } from './layouts/detect.js';
export { loadDataset } from './layouts/load.js';
export { parsePythonLiteral, type PythonKey, type PythonLimits, type PythonValue } from './python/literal.js';
export { writeSample, type SampleOptions, type WrittenSample } from './sample/write.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type {
  Candidate,
  Capabilities,
  Dataset,
  DatasetLayout,
  GraphFile,
  Latency,
  LayoutCheck,
  LayoutOptions,
  Limits,
  Matrix,
  ModelCard,
  ModelCardFile,
  NamedArray,
  NodeFeatures,
  Oddity,
  OutcomeValues,
  Price,
  ProfileIndexArtifact,
  ProfileSet,
  ErrorCode,
  ErrorInfo,
  RouteProfileError,
  RouterArtifact,
  RouterTraining,
  RowCoverage,
} from '@routeprofile/schema';

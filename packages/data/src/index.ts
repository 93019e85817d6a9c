export { readNpy, writeNpy, type WritableArray } from './arrays/npy.js';
export { readNpz, readNpzFile, writeNpz, writeNpzFile } from './arrays/npz.js';
export type { ZipLimits } from './arrays/zip.js';
export { readGraphFiles, writeGraphFiles } from './artifacts/graph-files.js';
export { readProfileSet, writeProfileSet } from './artifacts/profile-set.js';
export { readRouterArtifact, writeRouterArtifact } from './artifacts/router-artifact.js';
export { checkDataset, type DatasetCheck } from './check/check.js';
export type { Oddity } from './check/oddity.js';
export type { DatasetSummary } from './check/summary.js';
export { assertEvaluable } from './dataset/evaluable.js';
export type { RowCoverage } from './dataset/coverage.js';
export { detectLayout, loadDataset, type Layout } from './dataset/load.js';
export { candidateOf, modelCard } from './dataset/cards.js';
export type { LoadOptions } from './dataset/options.js';
export { normalizeText } from './dataset/text.js';
export { routerTraining } from './dataset/router-training.js';
export { withoutModels } from './dataset/rows.js';
export { withCards } from './dataset/with-cards.js';
export { systemCode, writeError, writeFileAtomic, writeFilesAtomic, writePiecesAtomic } from './disk/files.js';
export { hashBytes, hashJson, hashText, sha256 } from './disk/hash.js';
export { parseJson, readJsonFile, writeJsonFile, type ReadJsonOptions } from './disk/json.js';
export { readJsonLines, type JsonLine, type ReadLinesOptions } from './disk/jsonl.js';
export { sizeOfRegularFile } from './disk/read.js';
export { importOutcomes, type ImportedOutcomes, type ImportOptions, type ImportSource } from './import/import.js';
export { FORMATS } from './import/options.js';
export { LATENCY_UNITS, ROLES, type Columns, type LatencyUnit, type Role } from './import/roles.js';
export { parsePythonLiteral, type PythonKey, type PythonLimits, type PythonValue } from './python/literal.js';
export { writeSample, type SampleOptions, type WrittenSample } from './sample/write.js';

/** Types of the calls above, so that a program needs no second package to name them. */
export type {
  Candidate,
  Dataset,
  GraphFile,
  Matrix,
  ModelCard,
  ModelCardFile,
  NamedArray,
  NodeFeatures,
  OutcomeValues,
  ProfileSet,
  ErrorCode,
  ErrorInfo,
  RouteProfileError,
  RouterArtifact,
  RouterTraining,
} from '@routeprofile/schema';

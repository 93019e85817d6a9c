import type { GraderPlugin } from '@routeprofile/schema';
import { judgeGrader } from '../judge/judge.js';
import { codeGrader } from './graders/code.js';
import { jsonSchemaGrader } from './graders/json-schema.js';
import { metricGrader } from './graders/metric.js';
import { regexGrader } from './graders/regex.js';

/** Every grader that has a name here. A new one joins by one line. */
export const builtInGraders: readonly GraderPlugin[] = [
  metricGrader,
  regexGrader,
  jsonSchemaGrader,
  codeGrader,
  judgeGrader,
];

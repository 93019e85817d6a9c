import { issueText, RouteProfileError, runReportSchema, z, type RunReport } from '@routeprofile/schema';

const MOST_ISSUES = 3;

/** What tells a report from anything else, as far as a page needs it that says which of its parts could not be made. */
const reportLike = z.looseObject({
  version: runReportSchema.shape.version,
  dataset: z.looseObject({ name: z.string() }),
  rows: z.array(z.unknown()),
});

/**
 * What programs without types hand over, checked before it is read.
 * @param who names the call in the error
 * @param schema all of a report, unless the caller copes with damaged parts
 * @throws RouteProfileError BAD_INPUT with the first members that are not as in a report
 */
export function assertReport(who: string, report: RunReport, schema: z.ZodType = runReportSchema): void {
  const { error } = schema.safeParse(report);
  if (!error) return;
  const issues = error.issues.map(issueText);
  const unsaid = issues.length - MOST_ISSUES;
  throw new RouteProfileError(
    'BAD_INPUT',
    `${who}: this is not a report of a run: ${issues.slice(0, MOST_ISSUES).join('; ')}${unsaid > 0 ? ` and ${unsaid} more` : ''}`,
    {
      hint: 'Give it `report` of what `run` gives once it is awaited, what `assembleReport` gives, or a report.json that was parsed.',
      details: issues,
    },
  );
}

/** As `assertReport`, for what is a report by its outline alone. */
export const assertReportLike = (who: string, report: RunReport): void => assertReport(who, report, reportLike);

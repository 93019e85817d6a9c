import { issueText, RouteProfileError, runReportSchema, type RunReport } from '@routeprofile/schema';

const MOST_ISSUES = 3;

/**
 * What programs without types hand over, checked before it is read.
 * @param who names the call in the error
 * @throws RouteProfileError BAD_INPUT with the first members that are not as in a report
 */
export function assertReport(who: string, report: RunReport): void {
  const { error } = runReportSchema.safeParse(report);
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

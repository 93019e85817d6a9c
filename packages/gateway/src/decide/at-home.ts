import { explained, type Decision } from '@routeprofile/schema';

/** A decision with what makes it stay on local models. @param found kinds of personal data; none: the decision as it is */
export const atHome = (decision: Decision, found: readonly string[]): Decision =>
  found.length === 0
    ? decision
    : explained(
        decision,
        'personal-data',
        `the request holds personal data (${found.join(', ')}), for local models only`,
      );

import { RouteProfileError } from '@routeprofile/schema';

/** The error for a chat in which no user says anything. @param place how a message names it */
export const noUserText = (place: string): RouteProfileError =>
  new RouteProfileError('BAD_INPUT', `${place}: the messages hold no text of a user`, {
    hint: 'Give at least one message with the role user and a text.',
  });

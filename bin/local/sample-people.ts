/**
 * The simulator's Braze knows these from the start, since a `braze_id` can't create a profile: the people whom the
 * sample input names by one.
 */
export const SAMPLE_BRAZE_IDS = ['5fbd99bac125ca40511f2cb2']

/**
 * The braze_ids in the sample input. A `braze_id` cannot create a profile, so the simulator has these
 * profiles from the start.
 */
export const SAMPLE_BRAZE_IDS = ['5fbd99bac125ca40511f2cb2']

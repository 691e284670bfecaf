/** Braze's own fields of a profile (Braze, "User attributes object"): they belong to the person, and to no audience. */
const STANDARD_FIELDS = new Set(
  `first_name last_name email phone country language dob gender home_city time_zone current_location
  date_of_first_session date_of_last_session email_subscribe push_subscribe push_tokens subscription_groups
  email_open_tracking_disabled email_click_tracking_disabled marked_email_as_spam_at facebook twitter`.split(
    /\s+/,
  ),
)

/** They say how Braze takes the object, and are no attribute. */
export const isDirective = (name: string) =>
  name === '_merge_objects' || name === '_update_existing_only' || name === 'push_token_import'

/** Whether a connection's rules for custom attributes hold for this name. */
export const isCustom = (name: string) => !STANDARD_FIELDS.has(name) && !isDirective(name)

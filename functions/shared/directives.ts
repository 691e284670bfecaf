/** These names tell Braze how to handle the object and are not attributes. */
export const DIRECTIVES: readonly string[] = ['_merge_objects', '_update_existing_only', 'push_token_import']

export const isDirective = (name: string) => DIRECTIVES.includes(name)

/** Whether an object's fields are directives alone, so that they write nothing. Braze strips outer spaces from a name. */
export const areDirectives = (names: readonly string[]) => names.every((name) => isDirective(name.trim()))

/** Each of these fields identifies a person. Braze rejects an object with a second one. */
export const IDENTIFYING_FIELDS: readonly string[] = ['external_id', 'braze_id', 'user_alias']

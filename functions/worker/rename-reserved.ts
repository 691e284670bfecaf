/** Braze refuses an event whose properties hold one of these names. */
const RESERVED_PROPERTIES = ['time', 'event_name']

/** Free names are tried in this order: `time` becomes `time_`, or `time__` where the event has a `time_` of its own. */
const RENAMED_SUFFIX = '_'

/** Gives the properties that Braze reserves a name that it takes; the others are passed on as they are. */
export function renameReserved(properties: { [name: string]: unknown }): { [name: string]: unknown } {
  if (!RESERVED_PROPERTIES.some((name) => Object.hasOwn(properties, name))) return properties
  const renamed: { [name: string]: unknown } = Object.create(null)
  for (const [name, value] of Object.entries(properties)) {
    let free = name
    while (RESERVED_PROPERTIES.includes(free) || (free !== name && Object.hasOwn(properties, free)))
      free += RENAMED_SUFFIX
    renamed[free] = value
  }
  return renamed
}

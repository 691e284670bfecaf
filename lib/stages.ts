import * as z from 'zod'

/** The entry of `bridge` that is not a stage. It holds for every stage that doesn't say otherwise. */
const DEFAULTS = 'defaults'

const Entries = z.record(z.string(), z.unknown())
const Bridge = z.looseObject({ [DEFAULTS]: Entries.default({}) })

type Path = readonly PropertyKey[]

export type Stages = {
  /** Each stage's settings as a whole, unchecked, by the stage's name. */
  settings: ReadonlyMap<string, unknown>
  /** The path in cdk.json of a stage's setting, which is in the stage's own entry or among the defaults. */
  pathOf: (stage: string, path: Path) => string
}

/**
 * @param bridge what cdk.json has under `context.bridge`: `defaults`, and settings by the stage's name.
 * @returns the stages, or what is wrong with `bridge` as a whole.
 */
export function readStages(bridge: unknown): Stages | { problem: string } {
  const { data, error } = Bridge.safeParse(bridge)
  if (error?.issues.some(({ path }) => path.includes(DEFAULTS)))
    return { problem: `context.bridge.${DEFAULTS}: settings, or nothing` }
  if (!data) return { problem: 'context.bridge: settings by stage are missing in cdk.json' }
  const { [DEFAULTS]: defaults, ...stages } = data
  return {
    settings: new Map(Object.entries(stages).map(([stage, own]) => [stage, merged(defaults, own)])),
    pathOf: (stage, path) => {
      const isDefault = !holds(stages[stage], path) && holds(defaults, path)
      return ['context', 'bridge', isDefault ? DEFAULTS : stage, ...path].join('.')
    },
  }
}

/**
 * Merges a stage's settings over the defaults, name by name. A list or a value replaces the default as a
 * whole.
 */
export function merged(given: unknown, own: unknown): unknown {
  const [defaults, changed] = [Entries.safeParse(given).data, Entries.safeParse(own).data]
  if (!defaults || !changed) return own === undefined ? given : own
  const names = new Set([...Object.keys(defaults), ...Object.keys(changed)])
  return Object.fromEntries([...names].map((name) => [name, merged(defaults[name], changed[name])]))
}

function holds(settings: unknown, [first, ...rest]: Path): boolean {
  // A list is never merged, so all of it comes from one place.
  if (first === undefined || Array.isArray(settings)) return settings !== undefined
  const entries = Entries.safeParse(settings).data
  return entries !== undefined && Object.hasOwn(entries, first) && holds(entries[String(first)], rest)
}

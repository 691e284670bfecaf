import { isDirective } from '../../../functions/receiver/read/rules.ts'
import {
  type Identifier,
  identifierOf,
  isRelative,
  type ProfileRecord,
} from '../../../functions/shared/record.ts'
import { map } from '../../../functions/worker/map/map.ts'
import { isComparable, isStandard } from './standard-fields.ts'

/** The expected final value of an attribute; `untold` if the profile cannot show it. */
export type Wanted = { row: number; kind: 'value'; value: unknown } | { row: number; kind: 'untold' }

/** The expected content of one person's profile when all rows have arrived. */
export type Expectation = {
  user: Identifier
  /** Keyed by the attribute's name in Braze. */
  wanted: Map<string, Wanted>
  /** The last row that writes to the profile. */
  row: number
  /** No row would create the profile. */
  onlyExisting: boolean
}

const EXISTING_ONLY = '_update_existing_only'

/**
 * Adds what a record writes, after all earlier records.
 * @returns the code if the worker would park the record.
 */
export function addExpected(
  expectation: Expectation,
  record: ProfileRecord,
  row: number,
): { parked: string } | undefined {
  const mapped = map(record, '')
  if ('code' in mapped) return { parked: mapped.code }
  const { [EXISTING_ONLY]: existingOnly, _merge_objects: merged, ...object } = mapped.object
  const [identifierName = ''] = Object.keys(identifierOf(record) ?? {})
  for (const [name, value] of Object.entries(object)) {
    if (name === identifierName || isDirective(name)) continue
    const isVerifiable = isStandard(name)
      ? isComparable(name, value)
      : !isRelative(value) && !(merged === true && isObject(value))
    expectation.wanted.set(name, isVerifiable ? { row, kind: 'value', value } : { row, kind: 'untold' })
  }
  expectation.row = row
  if (existingOnly !== true) expectation.onlyExisting = false
  return undefined
}

const isObject = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value)

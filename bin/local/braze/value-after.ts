import { LIMITS } from '../../../functions/shared/braze-rules/rules.ts'
import {
  type ObjectMatch,
  type Operation,
  operationOf,
} from '../../../functions/shared/braze-rules/values.ts'
import { isRecord } from './outcome.ts'

type JsonRecord = Record<string, unknown>

/**
 * Computes an attribute's new value. It is the sent value, unless that is an operation on the value before, or
 * an object to merge into it (Braze, "Nested custom attributes": `_merge_objects` merges deeply).
 */
export function valueAfter(before: unknown, sent: unknown, mergeObjects: boolean): unknown {
  const operation = operationOf(sent)
  switch (operation?.kind) {
    case 'inc':
      return (typeof before === 'number' ? before : 0) + Number(operation.by)
    case 'elements':
      return elementsAfter(before, operation)
    case 'objects':
      return objectsAfter(before, operation, mergeObjects)
    default:
      return mergeObjects && isRecord(before) && isRecord(sent) ? mergedInto(before, sent) : sent
  }
}

const elementsOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/**
 * An element that is added again moves to the end. Beyond the limit, the oldest elements are dropped (Braze,
 * "User attributes object", "Arrays").
 */
function elementsAfter(before: unknown, { add, remove }: Extract<Operation, { kind: 'elements' }>) {
  const removed = new Set([...remove, ...add])
  const kept = elementsOf(before).filter((element) => !removed.has(element))
  return [...kept, ...add].slice(-LIMITS.arrayElements)
}

/** Braze adds first, then removes and then updates ("Array of objects", "Processing order"). */
function objectsAfter(
  before: unknown,
  { add, remove, update }: Extract<Operation, { kind: 'objects' }>,
  mergeObjects: boolean,
): unknown[] {
  const remaining = [...elementsOf(before), ...add].filter(
    (element) => !remove.some((match) => isMatch(element, match)),
  )
  return remaining.map((element) =>
    update
      .filter((match) => isMatch(element, match))
      // Without `_merge_objects`, an update replaces the whole object.
      .reduce<unknown>(
        (updated, { object }) => (mergeObjects && isRecord(updated) ? mergedInto(updated, object) : object),
        element,
      ),
  )
}

const isMatch = (element: unknown, { key, value }: ObjectMatch) => isRecord(element) && element[key] === value

function mergedInto(before: JsonRecord, sent: JsonRecord): JsonRecord {
  const merged = Object.entries(sent).map(([key, value]) => {
    const old = before[key]
    return [key, isRecord(old) && isRecord(value) ? mergedInto(old, value) : value]
  })
  return { ...before, ...Object.fromEntries(merged) }
}

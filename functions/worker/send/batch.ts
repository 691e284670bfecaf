import { asciiJson } from '../../shared/ascii-json.ts'
import { setKey } from '../../shared/json.ts'
import type { TrackArray } from '../../shared/record.ts'
import type { PendingRecord } from '../map/map.ts'
import type { BrazeObject } from '../map/mapped.ts'

/** One object of a Braze request, and the pending records that it was made from, in queue order. */
export type BatchItem = {
  array: TrackArray
  user: string
  records: readonly PendingRecord[]
  /** ASCII JSON of the object, so that its length is its size in bytes. */
  json: string
}

/** Makes one batch item from one user's records. For each attribute, the last value in queue order wins. */
export function toBatchItem(records: readonly [PendingRecord, ...PendingRecord[]]): BatchItem {
  const [first] = records
  const { array, user } = first.mapped
  if (records.length === 1)
    return { array, user, records, json: first.mapped.json ?? asciiJson(first.mapped.object) }
  return { array, user, records, json: asciiJson(merged(records)) }
}

function merged([first, ...others]: readonly [PendingRecord, ...PendingRecord[]]): BrazeObject {
  // A spread for each record would copy everything from the records before it again.
  const object = { ...first.mapped.object }
  for (const { mapped } of others)
    for (const field of Object.keys(mapped.object)) setKey(object, field, mapped.object[field])
  return object
}

/** Merges plain records per user, in the order in which the users first appear. */
export function merge(records: readonly PendingRecord[]): BatchItem[] {
  const byUser = new Map<string, [PendingRecord, ...PendingRecord[]]>()
  for (const pendingRecord of records) {
    const sameUser = byUser.get(pendingRecord.mapped.user)
    if (sameUser) sameUser.push(pendingRecord)
    else byUser.set(pendingRecord.mapped.user, [pendingRecord])
  }
  return [...byUser.values()].map(toBatchItem)
}

/** In bytes. This is well under Braze's 4 MB, brackets and array names included. */
export const MAX_REQUEST_BYTES = 3_500_000

/**
 * Fills requests with groups of batch items, in order. It never splits a group that fits into one request.
 * @param maxObjects how many objects a request may hold.
 */
export function pack(groups: readonly (readonly BatchItem[])[], maxObjects: number): BatchItem[][] {
  const requests: BatchItem[][] = []
  let request: BatchItem[] = []
  let bytes = 0
  // The users of the request's attribute objects.
  let users = new Set<string>()
  for (const group of groups.flatMap((group) => cutToFit(group, maxObjects))) {
    const groupBytes = bytesOf(group)
    if (
      request.length + group.length > maxObjects ||
      bytes + groupBytes > MAX_REQUEST_BYTES ||
      repeatsUser(users, group)
    ) {
      if (request.length > 0) requests.push(request)
      request = []
      bytes = 0
      users = new Set()
    }
    request.push(...group)
    bytes += groupBytes
    for (const { array, user } of group) if (array === 'attributes') users.add(user)
  }
  if (request.length > 0) requests.push(request)
  return requests
}

const bytesOf = (items: readonly BatchItem[]) => items.reduce((sum, { json }) => sum + json.length + 1, 0)

/**
 * Splits a group that does not fit into one request. A message from the receiver fits, unless the number of
 * objects per request was lowered while it waited; one edited by hand may not.
 */
function cutToFit(group: readonly BatchItem[], maxObjects: number): (readonly BatchItem[])[] {
  if (group.length <= maxObjects && bytesOf(group) <= MAX_REQUEST_BYTES) return [group]
  return group.map((item) => [item])
}

/**
 * Braze does not say in which order it applies two attribute objects of one user. Events it applies in their
 * order.
 */
const repeatsUser = (users: ReadonlySet<string>, group: readonly BatchItem[]) =>
  group.some(({ array, user }) => array === 'attributes' && users.has(user))

/** Returns the body of /users/track, put together from objects that are JSON already. */
export function trackBody(items: readonly BatchItem[]): string {
  const arrays = new Map<string, string[]>()
  for (const { array, json } of items) {
    const objects = arrays.get(array)
    if (objects) objects.push(json)
    else arrays.set(array, [json])
  }
  return `{${[...arrays].map(([name, objects]) => `"${name}":[${objects.join(',')}]`).join(',')}}`
}

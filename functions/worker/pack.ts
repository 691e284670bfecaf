import type { Piece } from './piece.ts'

/** Objects of all three arrays together: right under Braze's current limit and its older one of 75 an array. */
export const MAX_OBJECTS = 75

/** Well under Braze's 4 MB, brackets and array names included. */
export const MAX_REQUEST_BYTES = 3_500_000

/** Fills requests in order with groups of pieces, never cutting a group that fits a request at all. */
export function pack(groups: readonly (readonly Piece[])[]): Piece[][] {
  const requests: Piece[][] = []
  let request: Piece[] = []
  let bytes = 0
  /** Of the request's attribute objects. */
  let users = new Set<string>()
  for (const group of groups.flatMap(cutToFit)) {
    const groupBytes = bytesOf(group)
    if (
      request.length + group.length > MAX_OBJECTS ||
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

const bytesOf = (pieces: readonly Piece[]) => pieces.reduce((sum, { json }) => sum + json.length + 1, 0)

/** A message from the receiver always fits; one put together by hand may not. */
function cutToFit(group: readonly Piece[]): (readonly Piece[])[] {
  if (group.length <= MAX_OBJECTS && bytesOf(group) <= MAX_REQUEST_BYTES) return [group]
  return group.map((piece) => [piece])
}

/** Braze doesn't say in which order it takes two attribute objects of one user; events it takes in their order. */
const repeatsUser = (users: ReadonlySet<string>, group: readonly Piece[]) =>
  group.some(({ array, user }) => array === 'attributes' && users.has(user))

/** The body of /users/track, put together from what is JSON already. */
export function trackBody(pieces: readonly Piece[]): string {
  const arrays = new Map<string, string[]>()
  for (const { array, json } of pieces) {
    const objects = arrays.get(array)
    if (objects) objects.push(json)
    else arrays.set(array, [json])
  }
  return `{${[...arrays].map(([name, objects]) => `"${name}":[${objects.join(',')}]`).join(',')}}`
}
